import fc from 'fast-check';
import { toBase64, utf8ToBytes } from '../bytes.js';
import { formatCheckpoint } from './checkpoint.js';
import { ed25519Cosigner, mlDsaCosigner } from './cosignature.js';
import { ed25519Signer, formatVerifierKey } from './note-key.js';
import { parsePolicy } from './policy.js';
import { signNote } from './signed-note.js';
import { codeOf } from './testing/codes.js';
import { entries, referencePath, referenceRoot } from './testing/reference-tree.js';
import { type TlogProof, checkTlogProof, formatTlogProof, parseTlogProof } from './tlog-proof.js';

const ORIGIN = 'halisi.example/log';
const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const log = ed25519Signer(ORIGIN, seed(1));
const witnesses = [ed25519Cosigner('w1.example', seed(2), () => 1), mlDsaCosigner('w2.example', seed(3), () => 2)];
const [w1, w2] = witnesses.map(({ key }) => formatVerifierKey(key));
const policy = parsePolicy(
  `log ${formatVerifierKey(log.key)}\nwitness a ${w1}\nwitness b ${w2}\ngroup g all a b\nquorum g\n`,
);
const all = entries(23);
const checkpoint = (size: number, signers = [log, ...witnesses]): string =>
  signNote(formatCheckpoint({ origin: ORIGIN, size, root: referenceRoot(all.slice(0, size)) }), signers);
/** ML-DSA signatures are made with fresh randomness, so that each checkpoint is signed once. */
const cosigned = all.map((_, i) => checkpoint(i + 1));
const proofOf = (index: number, size: number): TlogProof => ({
  index,
  hashes: referencePath(index, all.slice(0, size)),
  checkpoint: cosigned[size - 1]!,
});

describe('a tlog-proof', () => {
  const example = { ...proofOf(3, 7), extra: utf8ToBytes('opaque') };

  it('is written line by line as the specification has it', () => {
    const [a, b, c] = example.hashes.map(toBase64);
    expect(formatTlogProof(example)).toBe(
      `c2sp.org/tlog-proof@v1\nextra b3BhcXVl\nindex 3\n${a}\n${b}\n${c}\n\n${example.checkpoint}`,
    );
    expect(formatTlogProof(proofOf(0, 1))).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${cosigned[0]!}`);
  });

  it('of every entry in every tree is read back and holds for its entry alone', () => {
    for (let size = 1; size <= all.length; size += 3) {
      for (let index = 0; index < size; index++) {
        const proof = parseTlogProof(formatTlogProof(proofOf(index, size)));
        expect(proof).toEqual(proofOf(index, size));
        expect(checkTlogProof(proof, all[index]!, policy)).toMatchObject({ quorumMet: true, checkpoint: { size } });
        const other = all[(index + 1) % all.length]!;
        expect(codeOf(() => checkTlogProof(proof, other, policy))).toBe('TLOG_INCLUSION_MISMATCH');
      }
    }
  });

  it('needs the quorum and the log of the policy', () => {
    const proof = proofOf(3, 7);
    const few = { ...proof, checkpoint: checkpoint(7, [log, witnesses[0]!]) };
    expect(codeOf(() => checkTlogProof(few, all[3]!, policy))).toBe('TLOG_QUORUM_NOT_MET');
    const none = { ...proof, checkpoint: checkpoint(7, [log]) };
    expect(() => checkTlogProof(none, all[3]!, policy)).toThrow('Cosigned by nobody');
    const unsigned = { ...proof, checkpoint: checkpoint(7, witnesses) };
    expect(codeOf(() => checkTlogProof(unsigned, all[3]!, policy))).toBe('TLOG_NOTE_UNSIGNED');
  });

  it('keeps extra data as they came, and believes nothing in them', () => {
    expect(parseTlogProof(formatTlogProof(example)).extra).toEqual(example.extra);
    const empty = { ...example, extra: new Uint8Array(0) };
    expect(parseTlogProof(formatTlogProof(empty)).extra).toEqual(empty.extra);
    const other = formatTlogProof(example).replace('b3BhcXVl', 'b3BhcXVm');
    expect(checkTlogProof(parseTlogProof(other), all[3]!, policy).quorumMet).toBe(true);
  });

  const good = formatTlogProof(example);
  it.each([
    ['nothing', ''],
    ['another version', good.replace('@v1', '@v2')],
    ['no index', good.replace('index 3\n', '')],
    ['an index with a zero first', good.replace('index 3', 'index 03')],
    ['a negative index', good.replace('index 3', 'index -1')],
    ['an index of 2^53', good.replace('index 3', 'index 9007199254740992')],
    ['extra data behind the index', good.replace('extra b3BhcXVl\nindex 3', 'index 3\nextra b3BhcXVl')],
    ['extra data twice', good.replace('index', 'extra AA==\nindex')],
    ['extra data without padding', good.replace('extra b3BhcXVl', 'extra AA')],
    ['a hash of 31 bytes', good.replace('index 3\n', `index 3\n${toBase64(new Uint8Array(31))}\n`)],
    ['65 hashes', good.replace('index 3\n', `index 3\n${`${toBase64(seed(1))}\n`.repeat(65)}`)],
    ['carriage returns', good.replaceAll('\n', '\r\n')],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n'))],
    ['too much', `${good}${' '.repeat(32 * 1024 * 1024)}`],
  ])('that is malformed is refused: %s', (_what, text) => {
    expect(codeOf(() => parseTlogProof(text))).toBe('TLOG_PROOF_MALFORMED');
  });

  it('with a broken checkpoint is refused as a checkpoint is', () => {
    expect(codeOf(() => parseTlogProof(good.slice(0, -1)))).toBe('TLOG_NOTE_MALFORMED');
    const [head, , signatures] = good.split('\n\n');
    expect(codeOf(() => parseTlogProof(`${head}\n\nx\n\n${signatures}`))).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(codeOf(() => formatTlogProof({ ...example, checkpoint: 'x' }))).toBe('TLOG_NOTE_MALFORMED');
  });

  it('never holds after any change behind its extra data', () => {
    const from = good.indexOf('index');
    fc.assert(
      fc.property(fc.integer({ min: from, max: good.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const text = good.slice(0, at) + String.fromCharCode(good.charCodeAt(at) ^ by) + good.slice(at + 1);
        expect(codeOf(() => checkTlogProof(parseTlogProof(text), all[3]!, policy))).toMatch(/^TLOG_/);
      }),
      { numRuns: 500 },
    );
  });
});
