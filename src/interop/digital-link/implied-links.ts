import { lgtinUri, sgtinUri } from '../../domain/gs1/epc.js';
import { percentEncode } from '../../domain/gs1/percent.js';
import type { Product } from '../../partners/records.js';
import { LANGUAGE_CODES } from './page/languages.js';
import type { Identified, Level } from './resolution/identified.js';
import { GS1_VOC, type Link } from './resolution/link.js';
import { HTML, JSON_LD, JSON_TYPE } from './resolution/resolve.js';

/** What is known of a thing before anybody adds a link. */
export interface Known {
  /** Where this server is reached, without a slash at the end. */
  readonly root: string;
  /** The product of a GTIN, where it is registered. */
  readonly product: Product | undefined;
  /** Whether the prefix of an SSCC is an organisation's of this installation. */
  readonly containerKnown: boolean;
  /** Of one pack, for those alone who may see its history: the last event on it. */
  readonly visiblePosition: number | undefined;
}

/** The links that follow from what this server does: nobody has to add them. None for what it does not know. */
export function impliedLinks(identified: Identified, level: Level, known: Known): readonly Link[] {
  if (identified.key === '00') return known.containerKnown ? [ownPage(known, level, 'pip', 'Container')] : [];
  const { product } = known;
  if (identified.key !== '01' || product === undefined) return [];
  const [finest] = level.anchor.split('/').slice(-2);
  if (finest === '21') return ofPack(identified, level, known, product);
  if (finest === '10') return ofLot(identified, level, known, product);
  if (finest === '01') return ofProduct(level, known, product);
  return [];
}

function ofProduct(level: Level, known: Known, product: Product): Link[] {
  const name = nameOf(product);
  return [
    ownPage(known, level, 'pip', name),
    { ...ownPage(known, level, 'masterData', name), mediaType: JSON_LD, languages: [], isDefault: false },
    door('verificationService', `${known.root}/verify`, `Verification of packs of ${name}`),
  ];
}

function ofLot({ value, lot }: Identified, level: Level, known: Known, product: Product): Link[] {
  const title = `${nameOf(product)}, lot ${lot!}`;
  const uri = encodeURIComponent(lgtinUri(value, lot!));
  return [
    ownPage(known, level, 'recallStatus', `Recall status of ${title}`),
    door(
      'epcis',
      `${known.root}/epcis/events?MATCH_anyEPCClass=${uri}`,
      `Events of ${title}, for those who may see them`,
    ),
  ];
}

function ofPack({ value, lot, serial }: Identified, level: Level, known: Known, product: Product): Link[] {
  const title = `${nameOf(product)}, serial number ${serial!}`;
  const uri = encodeURIComponent(sgtinUri(value, serial!));
  const { root, visiblePosition } = known;
  const links = [
    ownPage(known, level, 'pip', title),
    door('epcis', `${root}/epcis/events?MATCH_anyEPC=${uri}`, `Events of ${title}, for those who may see them`),
  ];
  if (lot !== undefined) {
    const path = `gtin/${value}/lot/${percentEncode(lot)}/ser/${percentEncode(serial!)}`;
    links.push(door('verificationService', `${root}/verify/${path}`, `Verification of ${title}`));
  }
  if (visiblePosition !== undefined) {
    links.push(
      door('traceability', `${root}/epcis/epcs/${uri}/events`, `History of ${title}`),
      door('certificationInfo', `${root}/log/receipt/${visiblePosition}?epc=${uri}`, `Receipt of ${title}`),
    );
  }
  return links;
}

const nameOf = ({ name, strength }: Product): string => `${name} ${strength}`;

const ownPage = ({ root }: Known, level: Level, linkType: string, title: string): Link => ({
  linkType: GS1_VOC + linkType,
  href: `${root}/check${level.path}`,
  title,
  languages: LANGUAGE_CODES,
  mediaType: HTML,
  contexts: [],
  isDefault: true,
  own: true,
});

const door = (linkType: string, href: string, title: string): Link => ({
  ...{ linkType: GS1_VOC + linkType, href, title },
  ...{ languages: [], mediaType: JSON_TYPE, contexts: [], isDefault: false, own: false },
});
