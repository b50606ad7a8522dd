import { readFileSync } from 'node:fs';
import { hexToBytes, utf8ToBytes } from '../bytes.js';
import {
  checkCoseReceipt,
  checkTlogProof,
  coseReceipt,
  ed25519Signer,
  formatTlogProof,
  parsePolicy,
  parseTlogProof,
  parseVerifierKey,
  rootFromInclusion,
  leafHash,
  parseCheckpoint,
  parseNote,
} from '../tlog/index.js';
import { eventOfTlogProof, receiptToTlogProof } from './derived.js';
import { ReceiptError } from './errors.js';
import { EXAMPLE_KEY, EXAMPLE_ORIGIN, exampleReceipt } from './receipt.fixture.js';
import { formatReceipt } from './receipt.js';

const policy = parsePolicy(`log ${EXAMPLE_KEY}\nquorum none\n`);

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
}

describe('docs/formats/tlog-proof.md', () => {
  it('gives the derived forms of the example, byte by byte', () => {
    const page = readFileSync('docs/formats/tlog-proof.md', 'utf8');
    const [proof, cose] = [...page.matchAll(/^```\n([^]*?\n)```$/gm)].map((match) => match[1]!);
    expect(proof).toBe(receiptToTlogProof(exampleReceipt()));
    const parsed = parseTlogProof(proof!);
    const { entry } = eventOfTlogProof(parsed);
    const key = parseVerifierKey(EXAMPLE_KEY).publicKey;
    expect(checkCoseReceipt(hexToBytes(cose!.replaceAll('\n', '')), entry, key).index).toBe(parsed.index);
  });
});

describe('a receipt as a tlog-proof', () => {
  const receipt = exampleReceipt();
  const text = receiptToTlogProof(receipt);

  it('proves the same event in the same log, from its own text alone', () => {
    const proof = parseTlogProof(text);
    const { entry, event } = eventOfTlogProof(proof);
    expect(event).toEqual(receipt.event);
    expect(checkTlogProof(proof, entry, policy).checkpoint.origin).toBe(EXAMPLE_ORIGIN);
  });

  it('holds the event as the receipt file spells it', () => {
    const { extra } = parseTlogProof(text);
    const { event } = JSON.parse(formatReceipt(receipt)) as { event: unknown };
    expect(JSON.parse(Buffer.from(extra!).toString())).toEqual(event);
  });

  it('shows nothing that was changed on the way', () => {
    const proof = parseTlogProof(text);
    const changed = Buffer.from(proof.extra!).toString().replace('"007"', '"008"');
    expect(codeOf(() => eventOfTlogProof({ ...proof, extra: utf8ToBytes(changed) }))).toBe('DISCLOSURE_MISMATCH');
  });

  it.each<[string, Uint8Array | undefined]>([
    ['none', undefined],
    ['bytes that are no text', Uint8Array.of(0xff)],
    ['text that is no JSON', utf8ToBytes('x')],
    ['JSON that is no event', utf8ToBytes('{}')],
    ['a whole receipt', utf8ToBytes(formatReceipt(receipt))],
  ])('is refused with other extra data: %s', (_what, extra) => {
    const { index, hashes, checkpoint } = parseTlogProof(text);
    const other = parseTlogProof(formatTlogProof({ index, hashes, checkpoint, ...(extra ? { extra } : {}) }));
    expect(codeOf(() => eventOfTlogProof(other))).toBe('RECEIPT_MALFORMED');
  });

  it('gives what a COSE receipt of the same entry needs', () => {
    const proof = parseTlogProof(text);
    const { entry } = eventOfTlogProof(proof);
    const { size } = parseCheckpoint(parseNote(proof.checkpoint).text);
    const root = rootFromInclusion({ index: proof.index, size, proof: proof.hashes, leafHash: leafHash(entry) });
    const signer = ed25519Signer(EXAMPLE_ORIGIN, new Uint8Array(32).fill(7));
    const cose = coseReceipt({ index: proof.index, size, hashes: proof.hashes }, root, signer);
    expect(checkCoseReceipt(cose, entry, signer.key.publicKey)).toMatchObject({ index: proof.index, size, root });
  });
});
