import { bytesToHex } from '../../domain/bytes.js';
import { pglnUri } from '../../domain/gs1/epc.js';
import { canonicalJson } from '../../domain/json/jcs.js';
import { commitEvent } from '../../domain/receipt/commitment.js';
import type { ReasonOfErasure } from '../../capture/erased-event.js';

/** That one event was erased: what its entry in the log commits to (docs/formats/erasure.md). */
export interface ErasureRecord {
  readonly type: 'Erasure';
  /** Place of the event that was erased, and the commitment that its own entry keeps, in hex. */
  readonly position: number;
  readonly commitment: string;
  /** ISO 8601, UTC. */
  readonly erasedAt: string;
  readonly reason: ReasonOfErasure;
  readonly note?: string;
  /** Digital Link of the organisation, and the number of its person. */
  readonly by: string;
  readonly person: number;
  /** Positions of later events that name it by its eventID. */
  readonly namedIn: readonly number[];
}

export interface SealedErasure {
  readonly record: ErasureRecord;
  readonly body: string;
  readonly secret: Uint8Array;
  readonly commitment: Buffer;
}

/** Gives a record its bytes and its commitment: salted like an event's. `secret` is 32 random bytes. */
export function sealErasure(
  {
    gln,
    commitment,
    ...facts
  }: Omit<ErasureRecord, 'type' | 'by' | 'commitment'> & { readonly gln: string; readonly commitment: Uint8Array },
  secret: Uint8Array,
): SealedErasure {
  const record: ErasureRecord = {
    type: 'Erasure',
    ...facts,
    by: pglnUri(gln),
    commitment: bytesToHex(commitment),
  };
  return {
    record,
    body: canonicalJson(record),
    secret,
    commitment: Buffer.from(commitEvent(record, secret).commitment),
  };
}
