import fc from 'fast-check';
import { equalBytes, hexToBytes } from '../../domain/bytes.js';
import { commitmentFromDisclosures, proveDisclosures } from '../../domain/receipt/selective-disclosure.js';
import { commitBatch, type TrailRead } from './trail-batch.js';

const reads: fc.Arbitrary<TrailRead[]> = fc.array(
  fc.record({
    id: fc.nat(),
    at: fc.constant('2026-11-22T08:00:00.000000Z'),
    organisation: fc.nat(100),
    person: fc.option(fc.nat(100)),
    client: fc.option(fc.string({ maxLength: 5 })),
    owners: fc.array(fc.nat(100), { maxLength: 3 }),
    purpose: fc.constant('status'),
    operation: fc.constant('Query.pack'),
    subject: fc.string({ maxLength: 20 }),
  }),
  { minLength: 1, maxLength: 40 },
);
const secret = hexToBytes('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');

describe('the commitment of a batch of the access trail', () => {
  it('proves one read without the others', () => {
    fc.assert(
      fc.property(reads, fc.nat(), (batch, n) => {
        const at = n % batch.length;
        const proof = proveDisclosures({ type: 'AccessTrail', reads: batch }, secret, (name) => name === `reads/${at}`);
        expect(proof.disclosures).toHaveLength(1);
        expect(proof.disclosures[0]![2]).toEqual(batch[at]);
        expect(equalBytes(commitmentFromDisclosures(proof), commitBatch(batch, secret))).toBe(true);
      }),
    );
  });

  it('is another for a batch with one read changed, removed, added or moved', () => {
    fc.assert(
      fc.property(reads, fc.nat(), (batch, n) => {
        const at = n % batch.length;
        const before = commitBatch(batch, secret).toString('hex');
        const changed = batch.with(at, { ...batch[at]!, subject: `${batch[at]!.subject}!` });
        const others = [changed, [...batch, batch[at]!], batch.toSpliced(at, 1)];
        if (at > 0) others.push([{ ...batch[at]!, id: -1 }, ...batch.toSpliced(at, 1)]);
        for (const other of others) expect(commitBatch(other, secret).toString('hex')).not.toBe(before);
      }),
    );
  });
});
