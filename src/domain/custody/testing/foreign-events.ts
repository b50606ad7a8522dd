import { sgtinUri, ssccUri } from '../../gs1/epc.js';
import { GTIN, SITES, type SiteName } from './small-world.js';

/** The GTIN and places of the small network as EPC URNs, which other systems write: company prefix of seven digits. */
export const epcUrnOf = (serial: string): string =>
  `urn:epc:id:sgtin:${GTIN.slice(1, 8)}.${GTIN[0]}${GTIN.slice(8, 13)}.${serial}`;
export const placeUrn = (site: SiteName): string => {
  const { gln } = SITES[site];
  return `urn:epc:id:sgln:${gln.slice(0, 7)}.${gln.slice(7, 12)}.0`;
};

interface When {
  /** Minute of the day of the story. */
  readonly at: number;
  readonly id?: string;
}

const common = (site: SiteName, { at, id }: When) => ({
  ...(id !== undefined && { eventID: id }),
  eventTime: new Date(Date.UTC(2026, 10, 22, 5, at)).toISOString(),
  eventTimeZoneOffset: '+00:00',
  readPoint: { id: placeUrn(site) },
});

export const commissioned = (serials: readonly string[], when: When, lot = 'A', expiry = '2099-12-31') => ({
  type: 'ObjectEvent',
  ...common('factory', when),
  action: 'ADD',
  bizStep: 'commissioning',
  disposition: 'active',
  epcList: serials.map(epcUrnOf),
  ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:itemExpirationDate': expiry },
});

export const packed = (
  action: 'ADD' | 'DELETE',
  sscc: string,
  serials: readonly string[],
  site: SiteName,
  when: When,
  containers: readonly string[] = [],
) => ({
  type: 'AggregationEvent',
  ...common(site, when),
  action,
  bizStep: action === 'ADD' ? 'packing' : 'unpacking',
  parentID: ssccUri(sscc),
  ...(serials.length + containers.length > 0 && {
    childEPCs: [...serials.map((serial) => sgtinUri(GTIN, serial)), ...containers.map(ssccUri)],
  }),
});

const moved = (
  bizStep: 'shipping' | 'receiving',
  named: { readonly serials?: readonly string[]; readonly containers?: readonly string[] },
  from: SiteName,
  to: SiteName,
  when: When,
) => ({
  type: 'ObjectEvent',
  ...common(bizStep === 'shipping' ? from : to, when),
  action: 'OBSERVE',
  bizStep,
  disposition: bizStep === 'shipping' ? 'in_transit' : 'in_progress',
  epcList: [...(named.serials ?? []).map(epcUrnOf), ...(named.containers ?? []).map(ssccUri)],
  sourceList: [{ type: 'location', source: placeUrn(from) }],
  destinationList: [{ type: 'location', destination: placeUrn(to) }],
});

type Named = Parameters<typeof moved>[1];
export const shipped = (named: Named, from: SiteName, to: SiteName, when: When) =>
  moved('shipping', named, from, to, when);
export const received = (named: Named, from: SiteName, to: SiteName, when: When) =>
  moved('receiving', named, from, to, when);

export const dispensed = (serials: readonly string[], site: SiteName, when: When) => ({
  type: 'ObjectEvent',
  ...common(site, when),
  action: 'OBSERVE',
  bizStep: 'dispensing',
  disposition: 'dispensed',
  epcList: serials.map(epcUrnOf),
});

export const seen = (serials: readonly string[], site: SiteName, when: When) => ({
  type: 'ObjectEvent',
  ...common(site, when),
  action: 'OBSERVE',
  bizStep: 'storing',
  disposition: 'sellable_accessible',
  epcList: serials.map(epcUrnOf),
});
