import fc from 'fast-check';
import { toBase64 } from '../bytes.js';
import { Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.js';
import { ed25519Signer, noteVerifier } from './note-key.js';
import { codeOf } from './testing/codes.js';

const ORIGIN = 'halisi.example/log/0';
const root = new Uint8Array(32).fill(5);
const checkpoint: Checkpoint = { origin: ORIGIN, size: 20_852_163, root, extensions: [] };
const signer = ed25519Signer(ORIGIN, new Uint8Array(32).fill(1));
const verifiers = [noteVerifier(signer.key)];

describe('checkpoints', () => {
  it('are three lines: origin, size, root', () => {
    expect(formatCheckpoint(checkpoint)).toBe(`${ORIGIN}\n20852163\n${toBase64(root)}\n`);
  });

  it('are read back, whatever their size and extensions', () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n'));
    const any = fc.record({
      origin: line,
      size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(fc.property(any, (one) => expect(parseCheckpoint(formatCheckpoint(one))).toEqual(one)));
  });

  it('that are hostile are refused with our codes', () => {
    const good = formatCheckpoint(checkpoint);
    const size = (text: string): string => good.replace('20852163', text);
    const wrong = ['', '\n', 'a\n1\n', good.slice(0, -1), `${good}\n`, `\n${good}`, good.replace('BQUF', 'BQU')];
    wrong.push(size('01'), size('-1'), size('+1'), size('1e3'), size('1.0'), size('0x10'), size(' 1'), size(''));
    wrong.push(size('9007199254740992'), size('18446744073709551616'), size('9'.repeat(400)), size('\u0661'));
    wrong.push(
      good.replace(toBase64(root), toBase64(root.slice(1))),
      good.replace(/=\n/, '\n'),
      good.replace(/\n/g, '\r\n'),
    );
    for (const text of wrong) {
      expect([text, codeOf(() => parseCheckpoint(text))]).toEqual([text, 'TLOG_CHECKPOINT_MALFORMED']);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codeOf(() => parseCheckpoint(text))).toBe('TLOG_CHECKPOINT_MALFORMED');
      }),
    );
  });

  it('that could not be read back are not written', () => {
    const code = (change: Partial<Checkpoint>) => codeOf(() => formatCheckpoint({ ...checkpoint, ...change }));
    expect(code({ origin: '' })).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(code({ origin: 'a\n1' })).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(code({ extensions: [''] })).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(code({ size: -1 })).toBe('TLOG_SIZE_INVALID');
    expect(code({ root: root.slice(1) })).toBe('TLOG_HASH_INVALID');
  });

  it('open only with a good signature and for their own log', () => {
    const note = signCheckpoint(checkpoint, [signer]);
    expect(openCheckpoint(note, ORIGIN, verifiers).checkpoint).toEqual(checkpoint);
    expect(codeOf(() => openCheckpoint(note, 'other.example', verifiers))).toBe('TLOG_ORIGIN_MISMATCH');
    expect(codeOf(() => openCheckpoint(note.replace('20852163', '20852164'), ORIGIN, verifiers))).toBe(
      'TLOG_SIGNATURE_INVALID',
    );
    expect(codeOf(() => openCheckpoint(note, ORIGIN, []))).toBe('TLOG_NOTE_UNSIGNED');
  });
});
