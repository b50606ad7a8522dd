import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors.js';
import { HALISI_NAMESPACE } from '../../domain/epcis/context.js';
import type { Product } from '../../partners/records.js';
import { Scanning } from '../../verification/scanning.service.js';
import type { PublicVerification } from '../../verification/verification.model.js';
import { LinksStore } from './links/links.store.js';
import type { PageFacts } from './page/page.js';
import type { Identified } from './resolution/identified.js';
import { GS1_VOC, type AnchoredLinks } from './resolution/link.js';

/** Links of an owner that a page shows. */
const LINKS_SHOWN = 8;

/** The public verdict about what a GS1 Digital Link names, as a page shows it and as data. The scan is kept. */
@Injectable()
export class PublicAnswers {
  constructor(
    private readonly scanning: Scanning,
    private readonly links: LinksStore,
  ) {}

  /** Verifies what the link says, for anybody. */
  async factsOf(identified: Identified, levels: readonly AnchoredLinks[]): Promise<PageFacts> {
    const { key, value, lot, serial } = identified;
    const [found, recalled] = await Promise.all([
      this.scanning.verifyPublic(identified.uri),
      key === '01' && lot !== undefined && serial === undefined ? this.links.isRecalled(value, lot) : undefined,
    ]);
    const { verdict, reason, advice } = recalled === true ? RECALLED : codesOf(found);
    const expiresOn = identified.elements.some(({ ai }) => ai === '17');
    return {
      ...{ verdict, reason, advice, recalled, serial, asOf: found.asOf },
      product: found.product === null ? undefined : titleOf(found.product),
      commonName: found.product?.commonName ?? undefined,
      gtin: key === '01' ? value : undefined,
      lot: found.lot ?? lot,
      expiry: found.expiry ?? undefined,
      links: ownersLinks(levels),
      reportable: key === '01' && lot !== undefined && serial !== undefined && expiresOn ? identified.uri : undefined,
      report: 'offered',
    };
  }

  /** Takes a report about the pack that a link names; `refused` where the code does not agree with a recorded pack. */
  async report(link: string, reason: string): Promise<'taken' | 'refused'> {
    try {
      await this.scanning.reportSuspicionPublic(link, reason);
      return 'taken';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return error.code === 'ALREADY_ON_HOLD' ? 'taken' : 'refused';
    }
  }
}

const RECALLED = { verdict: 'genuine_do_not_supply', reason: 'recalled', advice: 'return_recalled' } as const;

const codesOf = ({ verdict, reason, advice }: PublicVerification) => ({
  verdict,
  reason: reason?.code ?? null,
  advice: advice.code,
});

const titleOf = ({ name, strength, form }: Pick<Product, 'name' | 'strength' | 'form'>): string =>
  `${name}, ${strength}, ${form}`;

/** What the owner wants people to read: the links of the finest level first. */
function ownersLinks(levels: readonly AnchoredLinks[]): PageFacts['links'] {
  const forPeople = levels
    .toReversed()
    .flatMap(({ links }) => links)
    .filter(
      ({ href, own, mediaType }) => !own && (mediaType === undefined || PEOPLE_READ.test(mediaType)) && href !== '',
    );
  return forPeople.slice(0, LINKS_SHOWN).map(({ href, title, languages }) => ({ href, title, languages }));
}

const PEOPLE_READ = /^(text\/html|application\/pdf|image\/|video\/)/;

/** The same as data: a GS1 Web Vocabulary product with the verdict beside it. */
export function asJsonLd(identified: Identified, facts: PageFacts): Record<string, unknown> {
  const { product, commonName, gtin, lot, serial, expiry, verdict, reason, advice, recalled, asOf } = facts;
  const known = { product, commonName, gtin, lot, serial, expiry };
  return {
    '@context': { gs1: GS1_VOC, halisi: HALISI_NAMESPACE, xsd: 'http://www.w3.org/2001/XMLSchema#' },
    '@id': identified.uri.split('?')[0],
    '@type': gtin === undefined ? 'halisi:Identified' : 'gs1:Product',
    ...present({
      'gs1:gtin': known.gtin,
      'gs1:productName': known.product,
      'gs1:regulatedProductName': known.commonName,
      'gs1:hasBatchLotNumber': known.lot,
      'gs1:hasSerialNumber': known.serial,
      'gs1:expirationDate': known.expiry && { '@type': 'xsd:date', '@value': known.expiry },
      'halisi:lotRecalled': recalled,
    }),
    'halisi:verdict': verdict,
    'halisi:reason': reason,
    'halisi:advice': advice,
    'halisi:asOf': { '@type': 'xsd:dateTime', '@value': asOf.toISOString() },
  };
}

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));
