import { randomBytes } from 'node:crypto';
import { finished, pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { commitEvent } from '../../src/domain/receipt/commitment.js';
import { epcOf } from './stock.js';

const ENTRY = 33;
const CHUNK = 200_000;
/** Binary COPY: signature, flags, no extension; and behind each chunk the end. */
const HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const TRAILER = Buffer.from('ffff', 'hex');

/** A generated event that can be asked for. */
export interface GeneratedEvent {
  readonly position: number;
  readonly epc: string;
}

/**
 * Makes log 0 as long as `size` by generated entries, as fast as the database takes them: one in `every` belongs to an
 * event like `template` (with a pack and a secret of its own, its commitment is the entry), the others have random
 * commitments. The server integrates, signs and anchors them as any others. Answers the events.
 */
export async function growLongLog(
  database: pg.Client,
  size: number,
  every: number,
  template: { readonly position: number },
): Promise<GeneratedEvent[]> {
  const { rows } = await database.query<{ body: string; captured_by: number; step: number; size: number }>(
    'select e.body, e.captured_by, e.step, l.size from event e, log l where e.position = $1 and l.number = 0',
    [template.position],
  );
  const { body, captured_by: organisation, step, size: before } = rows[0]!;
  await database.query('select grow_log(0::smallint, $1::bigint)', [size]);
  const events: GeneratedEvent[] = [];
  for (let from = before; from < size; from += CHUNK) {
    const count = Math.min(CHUNK, size - from);
    events.push(
      ...(await growChunk(database, count, every, { event: JSON.parse(body) as object, organisation, step })),
    );
  }
  await database.query('vacuum analyze event, log_entry');
  return events;
}

interface Template {
  readonly event: object;
  readonly organisation: number;
  readonly step: number;
}

async function growChunk(database: pg.Client, count: number, every: number, template: Template) {
  await database.query('begin');
  const { rows } = await database.query<{ first: number }>(
    'update log set size = size + $1::int where number = 0 returning size - $1::int as first',
    [count],
  );
  const { first } = rows[0]!;
  const entries = randomBytes(count * ENTRY);
  for (let i = 0; i < count; i++) entries[i * ENTRY] = 1;
  const made = [...madeEvents(first, count, every, template)];
  for (const { index, commitment } of made) entries.set(commitment, index * ENTRY + 1);
  await insertEvents(database, template, made);
  const copy = database.query(copyFrom('copy log_entry (position, entry) from stdin (format binary)'));
  await pipeline(Readable.from([HEADER, copyRows(first, entries), TRAILER]), copy);
  await finished(copy).catch(() => undefined);
  await database.query('commit');
  return made.map(({ position, epc }) => ({ position, epc }));
}

interface MadeEvent extends GeneratedEvent {
  readonly index: number;
  readonly body: string;
  readonly secret: Buffer;
  readonly commitment: Uint8Array;
}

function* madeEvents(first: number, count: number, every: number, template: Template): Generator<MadeEvent> {
  for (let index = first % every === 0 ? 0 : every - (first % every); index < count; index += every) {
    const epc = epcOf(`LONG${first + index}`);
    const event = { ...template.event, epcList: [epc] };
    const secret = randomBytes(32);
    const { commitment } = commitEvent(event, secret);
    yield { index, position: first + index, epc, body: JSON.stringify(event), secret, commitment: commitment.slice() };
  }
}

async function insertEvents(database: pg.Client, { organisation, step }: Template, made: readonly MadeEvent[]) {
  const text = `insert into event (position, recorded_at, event_time, captured_by, step, hash, secret, commitment, body)
    select position, now(), now(), $1, $2, sha256(secret), secret, commitment, body
    from unnest($3::bigint[], $4::bytea[], $5::bytea[], $6::text[]) as e (position, secret, commitment, body)`;
  await database.query(text, [
    organisation,
    step,
    made.map(({ position }) => position),
    made.map(({ secret }) => secret),
    made.map(({ commitment }) => Buffer.from(commitment)),
    made.map(({ body }) => body),
  ]);
}

/** Rows of (position bigint, entry bytea) in the binary format of COPY. */
function copyRows(first: number, entries: Buffer): Buffer {
  const count = entries.length / ENTRY;
  const width = 2 + 4 + 8 + 4 + ENTRY;
  const rows = Buffer.alloc(count * width);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    rows.writeInt16BE(2, at);
    rows.writeInt32BE(8, at + 2);
    rows.writeBigInt64BE(BigInt(first + i), at + 6);
    rows.writeInt32BE(ENTRY, at + 14);
    entries.copy(rows, at + 18, i * ENTRY, (i + 1) * ENTRY);
  }
  return rows;
}
