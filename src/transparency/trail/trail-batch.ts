import { commitEvent } from '../../domain/receipt/commitment.js';

/** One read, as its leaf in a batch has it. Numbers of organisations, people and clients are this installation's. */
export interface TrailRead {
  readonly id: number;
  /** ISO 8601 in UTC, with microseconds. */
  readonly at: string;
  readonly organisation: number;
  readonly person: number | null;
  readonly client: string | null;
  readonly owners: readonly number[];
  readonly purpose: string;
  readonly operation: string;
  readonly subject: string;
}

/**
 * The commitment of a batch (docs/formats/access-trail.md): that of an object of the reads, in their order, made as an
 * event's is. Each read is a disclosure with a salt of its own, so one can be shown without the others.
 */
export const commitBatch = (reads: readonly TrailRead[], secret: Uint8Array): Buffer =>
  Buffer.from(commitEvent({ type: 'AccessTrail', reads }, secret).commitment);
