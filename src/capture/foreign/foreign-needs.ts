import type { ForeignReading } from '../../domain/custody/foreign/reading.js';
import type { Needs } from '../needs.js';

/** What must be loaded and locked before an event of another system can be decided. */
export function addForeignNeeds(
  needs: Needs,
  { step, named, parent, outputs, lots, lot, expiry }: ForeignReading,
): void {
  const { packs, containers } = named;
  const sscc = parent?.sscc ?? null;
  const around = sscc === null ? containers : [sscc, ...containers];
  needs.containers.push(...around);
  needs.times = true;
  switch (step) {
    case undefined:
      addNew(needs, packs);
      return;
    case 'commissioning':
      addMade(needs, packs, lot, expiry);
      return;
    case 'repacking':
      needs.packs.push(...packs);
      addMade(needs, outputs.packs, lot, expiry);
      return;
    case 'recalling':
      needs.lots.push(...lots.map((each) => ({ gtin: each.gtin, number: each.lot })));
      needs.exclusiveLots = true;
      return;
    case 'receiving':
      needs.arriving.packs.push(...packs);
      needs.arriving.containers.push(...containers);
      needs.packs.push(...packs);
      return;
    case 'unpacking':
      if (sscc !== null && packs.length + containers.length === 0) needs.childrenOf.push(sscc);
      needs.packs.push(...packs);
      return;
    default:
      needs.packs.push(...packs);
      needs.moved.push(...around);
  }
}

type Packs = ForeignReading['named']['packs'];

function addNew(needs: Needs, packs: Packs): void {
  for (const gtin of new Set(packs.map((pack) => pack.gtin))) {
    needs.newPacks.push({ gtin, serials: packs.filter((pack) => pack.gtin === gtin).map(({ serial }) => serial) });
  }
}

function addMade(needs: Needs, packs: Packs, lot: string | null, expiry: string | null): void {
  addNew(needs, packs);
  if (lot === null) return;
  for (const gtin of new Set(packs.map((pack) => pack.gtin))) {
    needs.lots.push({ gtin, number: lot });
    if (expiry !== null) needs.newLots.push({ gtin, number: lot, expiry });
  }
}
