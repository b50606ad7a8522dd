import type { BizTransaction, Destination, Place, Source } from '../epcis/event.js';
import { pglnUri, sglnUri } from '../gs1/epc.js';
import { percentEncode } from '../gs1/percent.js';
import { invariant } from '../errors.js';
import { THE_PUBLIC, type Act, type Reference } from './act.js';

/** The when and where that every event of ours starts with. */
export function whenAndWhere(
  act: Act,
  reference: Reference,
): { eventTime: string; eventTimeZoneOffset: string; recordTime: string; readPoint?: Place } {
  return {
    eventTime: act.eventTime,
    eventTimeZoneOffset: act.eventTime.endsWith('Z') ? '+00:00' : act.eventTime.slice(-6),
    recordTime: act.recordTime,
    ...(act.site !== THE_PUBLIC && { readPoint: placeOf(act.site, reference) }),
  };
}

/** A site as a read point or business location. */
export function placeOf(site: number, reference: Reference): Place {
  return { id: sglnUri(glnOfSite(site, reference)) };
}

export function glnOfSite(site: number, reference: Reference): string {
  const found = reference.site(site);
  invariant(found, `site ${site} was not loaded`);
  return found.gln;
}

export function organisationOfSite(site: number, reference: Reference): { id: number; gln: string } {
  const organisation = reference.organisation(reference.site(site)?.organisationId ?? -1);
  invariant(organisation, `the organisation of site ${site} was not loaded`);
  return organisation;
}

/** Where goods come from and go to, with who has them (CBV 2.0 §7.4: the possessing party and the place). */
export function sourceAndDestination(
  fromSite: number,
  toSite: number,
  reference: Reference,
): { sourceList: Source[]; destinationList: Destination[] } {
  return {
    sourceList: [
      { type: 'possessing_party', source: pglnUri(organisationOfSite(fromSite, reference).gln) },
      { type: 'location', source: sglnUri(glnOfSite(fromSite, reference)) },
    ],
    destinationList: [
      { type: 'possessing_party', destination: pglnUri(organisationOfSite(toSite, reference).gln) },
      { type: 'location', destination: sglnUri(glnOfSite(toSite, reference)) },
    ],
  };
}

/** Purchase order of the buyer and despatch advice of the sender, as CBV 2.0 §8.5 identifies them by GLN and number. */
export function tradeDocuments(
  documents: { purchaseOrder: string | null; despatchAdvice: string | null },
  buyerGln: string,
  senderGln: string,
): { bizTransactionList?: BizTransaction[] } {
  const list: BizTransaction[] = [];
  if (documents.purchaseOrder !== null) {
    list.push({ type: 'po', bizTransaction: transactionId(buyerGln, documents.purchaseOrder) });
  }
  if (documents.despatchAdvice !== null) {
    list.push({ type: 'desadv', bizTransaction: transactionId(senderGln, documents.despatchAdvice) });
  }
  return list.length > 0 ? { bizTransactionList: list } : {};
}

const transactionId = (gln: string, number: string): string => `urn:epcglobal:cbv:bt:${gln}:${percentEncode(number)}`;
