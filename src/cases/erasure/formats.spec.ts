import { readFileSync } from 'node:fs';
import { commitEvent } from '../../domain/receipt/commitment.js';
import { logEntry } from '../../transparency/log/append.store.js';
import { commitBatch, type TrailRead } from '../../transparency/trail/trail-batch.js';
import { sealErasure, type ErasureRecord } from './erasure-record.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, at) => at);

/** The fenced blocks of a page after a heading, in order. */
function blocksOf(page: string, heading: string): string[] {
  const text = readFileSync(`docs/formats/${page}`, 'utf8').split(`## ${heading}\n`)[1]!;
  return [...text.matchAll(/```(?:json)?\n([\s\S]*?)\n```/g)].map(([, block]) => block!);
}

describe('the worked examples of the pages', () => {
  it('erasure.md: the record leads to the entry', () => {
    const [record, body, entry] = blocksOf('erasure.md', 'Worked example');
    const { by, commitment, ...facts } = JSON.parse(record!) as Omit<ErasureRecord, 'type'>;
    const sealed = sealErasure({ ...facts, gln: by.slice(-13), commitment: Buffer.from(commitment, 'hex') }, SECRET);
    expect(sealed.body).toBe(body);
    expect(logEntry('erasure', sealed.commitment).toString('hex')).toBe(entry);
  });

  it('access-trail.md: the batch leads to the entry', () => {
    const [batch, entry] = blocksOf('access-trail.md', 'Worked example');
    const { reads } = JSON.parse(batch!) as { reads: TrailRead[] };
    expect(logEntry('trail', commitBatch(reads, SECRET)).toString('hex')).toBe(entry);
    expect(Buffer.from(commitEvent(JSON.parse(batch!) as object, SECRET).commitment)).toEqual(
      commitBatch(reads, SECRET),
    );
  });
});
