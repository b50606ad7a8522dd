import fc from 'fast-check';
import { toBase64 } from '../bytes.js';
import { formatCheckpoint } from './checkpoint.js';
import { cosignatureVerifier, ed25519Cosigner, mlDsaCosigner, noteVerifierOf } from './cosignature.js';
import { TlogError } from './errors.js';
import { emptyRoot } from './hashing.js';
import { ed25519Signer } from './note-key.js';
import { openNote, signNote } from './signed-note.js';
import { codeOf } from './testing/codes.js';
import { ML_DSA_LOG_NOTE, ML_DSA_LOG_VKEY } from './testing/published-cosignatures.js';
import { entries, referenceConsistency, referenceRoot } from './testing/reference-tree.js';
import {
  type ForkEvidence,
  type WitnessDecision,
  type WitnessedTree,
  cosignatureLines,
  decideAddCheckpoint,
  formatAddCheckpoint,
  parseAddCheckpoint,
  provesFork,
  refuseMalformed,
} from './witness.js';

const ORIGIN = 'halisi.example/log';
const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const log = ed25519Signer(ORIGIN, seed(1));
const verifiers = [noteVerifierOf(log.key)];
const root = (size: number): Uint8Array => referenceRoot(entries(size));
const note = (size: number, ofRoot = root(size), more = ''): string =>
  signNote(formatCheckpoint({ origin: ORIGIN, size, root: ofRoot }) + more, [log]);
const kept = (size: number): WitnessedTree => ({ size, root: root(size), note: note(size) });
const proof = (from: number, to: number): Uint8Array[] =>
  from > 0 && from < to ? referenceConsistency(from, entries(to)) : [];
const grow = (from: number, to: number): string => formatAddCheckpoint(from, proof(from, to), note(to));

function ask(body: string, tree?: WitnessedTree, coversExtensions = true): WitnessDecision {
  try {
    return decideAddCheckpoint(parseAddCheckpoint(body), { verifiers, kept: tree, coversExtensions });
  } catch (error) {
    return refuseMalformed(error);
  }
}

function body(decision: WitnessDecision): string {
  return decision.status === 200 ? 'cosigned' : decision.body;
}

const forkIn = (decision: WitnessDecision): ForkEvidence | undefined =>
  decision.status === 200 ? undefined : decision.fork;

describe('a witness', () => {
  it('cosigns the first checkpoint of a log that it follows, without a proof', () => {
    const decision = ask(grow(0, 7));
    expect(decision).toMatchObject({ status: 200, next: { size: 7, root: root(7), note: note(7) } });
    expect(ask(formatAddCheckpoint(0, [root(1)], note(7))).status).toBe(422);
  });

  it('keeps the signatures of the log, and nothing that others added', () => {
    const stranger = ed25519Cosigner('stranger.example', seed(8), () => 1);
    const added = cosignatureLines(formatCheckpoint({ origin: ORIGIN, size: 7, root: root(7) }), [stranger]);
    expect(ask(grow(0, 7) + added)).toMatchObject({ status: 200, next: { note: note(7) } });
  });

  it('cosigns any growth that is proven', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const decision = ask(grow(from, to), from === 0 ? undefined : kept(from));
        expect(decision).toMatchObject({ status: 200, next: { size: to } });
      }),
    );
  });

  it('cosigns the same tree again', () => {
    expect(ask(grow(5, 5), kept(5))).toMatchObject({ status: 200, next: { size: 5 } });
    expect(ask(formatAddCheckpoint(5, [root(1)], note(5)), kept(5)).status).toBe(422);
  });

  it('answers with cosignatures of all its keys, which verify as the log\u2019s note with those lines added', () => {
    const cosigners = [ed25519Cosigner('w.example', seed(2), () => 77), mlDsaCosigner('w.example', seed(3), () => 77)];
    const decision = ask(grow(0, 7));
    if (decision.status !== 200) throw new Error(body(decision));
    const lines = cosignatureLines(decision.text, cosigners);
    expect(lines.split('\n')).toHaveLength(3);
    const keys = cosigners.map(({ key }) => cosignatureVerifier(key));
    expect(openNote(note(7) + lines, [...verifiers, ...keys]).verified).toHaveLength(3);
  });

  it('refuses a log that it does not follow', () => {
    const decision = decideAddCheckpoint(parseAddCheckpoint(grow(0, 7)), {
      verifiers: undefined,
      kept: undefined,
      coversExtensions: true,
    });
    expect(decision).toMatchObject({ status: 404, body: 'unknown log\n' });
  });

  it('refuses what the log did not sign, unreadable signatures among it', () => {
    const signed = note(7);
    const other = signNote(formatCheckpoint({ origin: ORIGIN, size: 7, root: root(7) }), [
      ed25519Signer(ORIGIN, seed(9)),
    ]);
    const broken = `${signed.slice(0, -3)}x=\n`;
    for (const bad of [other, broken, signed.replace('\u2014', '-'), signed.replace('\n7\n', '\n8\n')]) {
      expect(ask(`old 0\n\n${bad}`)).toMatchObject({ status: 403, body: 'invalid signature\n' });
    }
  });

  it('refuses another old size than its own with a 409 that holds its own', () => {
    const expected = { status: 409, contentType: 'text/x.tlog.size' };
    expect(ask(grow(3, 7))).toMatchObject({ ...expected, body: '0\n' });
    expect(ask(grow(3, 7), kept(5))).toMatchObject({ ...expected, body: '5\n' });
    expect(ask(grow(0, 7), kept(5))).toMatchObject({ ...expected, body: '5\n' });
    expect(ask(grow(3, 3), kept(5))).toMatchObject({ ...expected, body: '5\n' });
  });

  it('refuses an old size above that of the checkpoint', () => {
    expect(ask(`old 8\n\n${note(7)}`, kept(8)).status).toBe(400);
  });

  it('refuses growth that is not proven', () => {
    const changed = proof(5, 12).map((hash, i) => (i === 1 ? hash.map((byte) => byte ^ 1) : hash));
    for (const bad of [[], proof(5, 13), proof(5, 12).slice(1), [...proof(5, 12), root(1)], changed]) {
      const decision = ask(formatAddCheckpoint(5, bad, note(12)), kept(5));
      expect(decision).toMatchObject({ status: 422, body: expect.stringContaining('consistency proof') as string });
      expect(forkIn(decision)).toBeUndefined();
    }
  });

  it('keeps two signed roots of one size as evidence that proves the fork to anybody', () => {
    const forked = note(5, root(6));
    const decision = ask(`old 5\n\n${forked}`, kept(5));
    expect(decision).toMatchObject({ status: 409, contentType: 'text/plain; charset=utf-8' });
    const fork = forkIn(decision)!;
    expect(fork).toEqual({ origin: ORIGIN, size: 5, kept: note(5), refused: forked });
    expect(provesFork(fork, verifiers)).toBe(true);
    expect(provesFork({ ...fork, refused: fork.kept }, verifiers)).toBe(false);
    expect(provesFork({ ...fork, size: 6 }, verifiers)).toBe(false);
    expect(provesFork({ ...fork, origin: 'other' }, verifiers)).toBe(false);
    expect(provesFork(fork, [noteVerifierOf(ed25519Signer(ORIGIN, seed(9)).key)])).toBe(false);
  });

  it('sees the fork whatever old size comes with it', () => {
    const decision = ask(`old 0\n\n${note(5, root(6))}`, kept(5));
    expect(decision).toMatchObject({ status: 409, contentType: 'text/x.tlog.size', body: '5\n' });
    expect(forkIn(decision)?.size).toBe(5);
  });

  it('takes only the one true root of an empty tree', () => {
    expect(ask(grow(0, 0))).toMatchObject({ status: 200, next: { size: 0, root: emptyRoot() } });
    expect(ask(`old 0\n\n${note(0, root(1))}`).status).toBe(400);
    expect(ask(grow(0, 3), kept(0)).status).toBe(200);
  });

  it('cosigns extension lines only where its keys cover them', () => {
    const extended = `old 0\n\n${note(7, root(7), 'more\n')}`;
    expect(ask(extended).status).toBe(200);
    expect(ask(extended, undefined, false).status).toBe(400);
  });

  it('follows a log that signs with ML-DSA-44 alone, as a published request has it', () => {
    const decision = decideAddCheckpoint(parseAddCheckpoint(`old 0\n\n${ML_DSA_LOG_NOTE}`), {
      verifiers: [noteVerifierOf(ML_DSA_LOG_VKEY)],
      kept: undefined,
      coversExtensions: false,
    });
    expect(decision).toMatchObject({ status: 200, next: { size: 1 } });
  });

  const hash = toBase64(seed(1));
  const good = note(7);
  it.each([
    ['nothing', ''],
    ['no empty line', 'old 0\n'],
    ['no checkpoint', 'old 0\n\n'],
    ['no old size', `\n\n${good}`],
    ['an old size with a zero first', `old 01\n\n${good}`],
    ['a negative old size', `old -1\n\n${good}`],
    ['an old size that is not decimal', `old 0x1\n\n${good}`],
    ['an old size of 2^53', `old 9007199254740992\n\n${good}`],
    ['an old size with a space more', `old  0\n\n${good}`],
    ['another word', `new 0\n\n${good}`],
    ['carriage returns', `old 0\r\n\r\n${good}`],
    ['64 proof lines', `old 1\n${`${hash}\n`.repeat(64)}\n${good}`],
    ['a hash of 31 bytes', `old 1\n${toBase64(new Uint8Array(31))}\n\n${good}`],
    ['a hash in base64 without padding', `old 1\n${hash.slice(0, -1)}\n\n${good}`],
    ['a hash with stray bits', `old 1\n${hash.slice(0, -2)}F=\n\n${good}`],
    ['a note without signatures', `old 0\n\n${good.split('\n\n')[0]}\n`],
    ['a note that is no checkpoint', `old 0\n\nx\n\n${good.split('\n\n')[1]}`],
    ['a note without its last newline', `old 0\n\n${good.slice(0, -1)}`],
    ['a size that is too large', `old 0\n\n${good.replace('\n7\n', '\n99999999999999999999\n')}`],
  ])('answers 400 to %s', (_what, request) => {
    expect(ask(request)).toMatchObject({ status: 400 });
  });

  it('takes 63 proof lines', () => {
    expect(parseAddCheckpoint(`old 1\n${`${hash}\n`.repeat(63)}\n${good}`).proof).toHaveLength(63);
  });

  it('answers whatever it is asked, and cosigns nothing that changed on the way', () => {
    const request = grow(5, 12);
    fc.assert(
      fc.property(fc.nat(request.length - 1), fc.string({ unit: 'binary', maxLength: 3 }), (at, by) => {
        const changed = request.slice(0, at) + by + request.slice(at + 1);
        const decision = ask(changed, kept(5));
        if (decision.status === 200) expect(decision.next).toMatchObject({ size: 12, root: root(12) });
        expect([200, 400, 403, 404, 409, 422]).toContain(decision.status);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(ask(text, kept(5)).status).toBe(400)));
  });

  it('refuses by codes, and lets a bug through', () => {
    expect(codeOf(() => parseAddCheckpoint('x'))).toBe('TLOG_REQUEST_MALFORMED');
    expect(codeOf(() => formatAddCheckpoint(-1, [], good))).toBe('TLOG_REQUEST_MALFORMED');
    expect(() => refuseMalformed(new RangeError('a bug'))).toThrow(RangeError);
    const broken = {
      name: ORIGIN,
      keyId: log.keyId,
      verify: () => {
        throw new RangeError('a bug');
      },
    };
    const view = { verifiers: [broken], kept: undefined, coversExtensions: true };
    expect(() => decideAddCheckpoint(parseAddCheckpoint(grow(0, 7)), view)).toThrow(RangeError);
    expect(refuseMalformed(new TlogError('TLOG_REQUEST_MALFORMED', 'no'))).toMatchObject({ status: 400 });
  });
});
