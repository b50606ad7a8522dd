import { sgtinUri } from '../../gs1/epc.js';
import type { ForeignReference } from '../act.js';
import { Refusals } from '../refusal.js';
import type { ForeignReading } from './reading.js';

/** Nobody makes packs under a company prefix of somebody else, whatever was reported before or comes later. */
export function refuseOthersGtins(
  { step, named, outputs }: ForeignReading,
  organisation: number,
  reference: ForeignReference,
): void {
  const made = step === 'commissioning' ? named.packs : step === 'repacking' ? outputs.packs : [];
  const refusals = new Refusals();
  for (const { gtin, serial } of made) {
    const owner = reference.ownerOfGtin(gtin);
    if (owner === undefined || owner === organisation) continue;
    refusals.add(
      sgtinUri(gtin, serial),
      'NOT_PREFIX_OWNER',
      `GTIN ${gtin} is under a company prefix of somebody else.`,
    );
  }
  refusals.throwIfAny();
}
