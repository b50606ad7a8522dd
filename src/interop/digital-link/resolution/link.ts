/** The namespace of GS1 link types (GS1 Web Vocabulary). */
export const GS1_VOC = 'https://ref.gs1.org/voc/';

/** The type under which a link set shows the default a second time. */
export const DEFAULT_LINK = `${GS1_VOC}defaultLink`;

/** One link of a resolver: where, of which type, and for whom. */
export interface Link {
  /** Full IRI, as `https://ref.gs1.org/voc/pip`. */
  readonly linkType: string;
  readonly href: string;
  readonly title: string;
  /** BCP 47; empty where the target has no language. */
  readonly languages: readonly string[];
  readonly mediaType: string | undefined;
  /** Values of `context` that the link is for; empty for every one. */
  readonly contexts: readonly string[];
  readonly isDefault: boolean;
  /** True where the target is a page of this server about the very thing that was asked for. */
  readonly own: boolean;
}

/** What was asked for, or a coarser level of it, with its links. */
export interface AnchoredLinks {
  /** The uncompressed GS1 Digital Link that the links are about. */
  readonly anchor: string;
  readonly description: string | undefined;
  readonly links: readonly Link[];
}

/** The link types of the GS1 Web Vocabulary that an owner may use; the default is a property of a link and no type here. */
export const LINK_TYPES = [
  'activityIdeas',
  'allergenInfo',
  'appDownload',
  'backgroundInfo',
  'brandHomepageClinical',
  'brandHomepagePatient',
  'careersInfo',
  'certificationInfo',
  'consumerHandlingStorageInfo',
  'dpp',
  'eifu',
  'epcis',
  'epil',
  'eventsInfo',
  'faqs',
  'handledBy',
  'hasRetailers',
  'homepage',
  'ingredientsInfo',
  'instructions',
  'jws',
  'leaveReview',
  'locationInfo',
  'logisticsInfo',
  'loyaltyProgram',
  'masterData',
  'menuInfo',
  'nutritionalInfo',
  'openingHoursInfo',
  'paymentLink',
  'pip',
  'productSustainabilityInfo',
  'promotion',
  'purchaseSuppliesOrAccessories',
  'quickStartGuide',
  'recallStatus',
  'recipeInfo',
  'registerProduct',
  'registryEntry',
  'relatedVideo',
  'review',
  'safetyInfo',
  'scheduleTime',
  'serviceInfo',
  'smartLabel',
  'smpc',
  'socialMedia',
  'statisticInfo',
  'support',
  'sustainabilityInfo',
  'traceability',
  'tutorial',
  'userAgreement',
  'verificationService',
  'whatsInTheBox',
] as const;

const NAMES = new Set<string>(LINK_TYPES);
/** Earlier homes of the vocabulary, which link sets and readers still use. */
const NAMESPACES = ['gs1:', GS1_VOC, 'https://gs1.org/voc/', 'https://www.gs1.org/voc/', 'http://gs1.org/voc/'];

/** The IRI of a link type as a request names it: `pip`, `gs1:pip` or an IRI. What is not of GS1 stays as it is. */
export function linkTypeIri(text: string): string {
  const namespace = NAMESPACES.find((each) => text.startsWith(each));
  if (namespace !== undefined) return GS1_VOC + text.slice(namespace.length);
  return text.includes(':') ? text : GS1_VOC + text;
}

/** True for the IRI of a link type that an owner may use. */
export const isLinkType = (iri: string): boolean => iri.startsWith(GS1_VOC) && NAMES.has(iri.slice(GS1_VOC.length));
