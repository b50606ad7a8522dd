import fc from 'fast-check';
import { fromBase64, toBase64, utf8ToBytes } from '../bytes.js';
import {
  NoteVerifier,
  SignatureAlgorithm,
  ed25519Signer,
  formatVerifierKey,
  noteVerifier,
  parseVerifierKey,
  verifierKey,
} from './note-key.js';
import { formatNote, formatSignatureLine, openNote, parseNote, parseSignatureLine, signNote } from './signed-note.js';
import { codeOf } from './testing/codes.js';

// The example of c2sp.org/signed-note's vectors.
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const NOTE =
  'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

const seed = new Uint8Array(32).fill(7);
const signer = ed25519Signer('halisi.example/log', seed);
const verifier = noteVerifier(signer.key);
const signed = signNote('one\n\ntwo\n', [signer]);

describe('verifier keys', () => {
  it('are read and written in the vkey form', () => {
    const key = parseVerifierKey(VKEY);
    expect(key.name).toBe('example.com/foo');
    expect(key.keyId).toBe(0x530d903a);
    expect(formatVerifierKey(key)).toBe(VKEY);
    expect(parseVerifierKey(formatVerifierKey(signer.key))).toEqual(signer.key);
  });

  it('with a plus in their base64 are read whole', () => {
    const keys = Array.from({ length: 40 }, (_, i) => ed25519Signer('n', new Uint8Array(32).fill(i)).key);
    const withPlus = keys.filter((key) => formatVerifierKey(key).split('+').length > 3);
    expect(withPlus.length).toBeGreaterThan(0);
    for (const key of withPlus) expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
  });

  it('that are malformed, of another ID or of an unknown type are refused', () => {
    const encoded = VKEY.split('+')[2]!;
    const wrong = ['', 'a', 'a+b', `+530d903a+${encoded}`, VKEY.replace('530d', '530e'), VKEY.replace('530d', '530D')];
    wrong.push(VKEY.slice(0, -1), `${VKEY}=`, VKEY.replace('foo', 'f o'), 'example.com/foo+530d903a+AQ==');
    for (const vkey of wrong) expect([vkey, codeOf(() => parseVerifierKey(vkey))]).toEqual([vkey, 'TLOG_KEY_INVALID']);
    const cosigner = verifierKey('w', new Uint8Array(32), 0x04);
    expect(codeOf(() => noteVerifier(cosigner))).toBe('TLOG_KEY_INVALID');
    expect(codeOf(() => noteVerifier(verifierKey('w', new Uint8Array(31))))).toBe('TLOG_KEY_INVALID');
  });
});

describe('signed notes', () => {
  it('of the specification verify', () => {
    const { text, verified, unverified } = openNote(NOTE, [noteVerifier(VKEY)]);
    expect(text).toBe('This is an example message.\n');
    expect(verified).toHaveLength(1);
    expect(unverified).toEqual([]);
    expect(formatNote(parseNote(NOTE))).toBe(NOTE);
  });

  it('are split at the last empty line', () => {
    expect(openNote(signed, [verifier]).text).toBe('one\n\ntwo\n');
  });

  it('fail when any byte of text or signature is another', () => {
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = String.fromCharCode(signed.charCodeAt(at) ^ by);
        const note = signed.slice(0, at) + changed + signed.slice(at + 1);
        expect(codeOf(() => openNote(note, [verifier]))).toMatch(
          /^TLOG_(SIGNATURE_INVALID|NOTE_UNSIGNED|NOTE_MALFORMED)$/,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('ignore unknown keys, also those that share a name or an ID with a known one', () => {
    const other = ed25519Signer('halisi.example/log', new Uint8Array(32).fill(8));
    const sameId = { ...ed25519Signer('other.example', new Uint8Array(32).fill(9)), keyId: signer.keyId };
    const note = signNote('text\n', [other, signer, sameId]);
    const { verified, unverified } = openNote(note, [verifier]);
    expect(verified.map(({ name }) => name)).toEqual(['halisi.example/log']);
    expect(unverified.map(({ name }) => name)).toEqual(['halisi.example/log', 'other.example']);
    expect(codeOf(() => openNote(signNote('text\n', [other]), [verifier]))).toBe('TLOG_NOTE_UNSIGNED');
    expect(codeOf(() => openNote(note, []))).toBe('TLOG_NOTE_UNSIGNED');
  });

  it('are refused when one of two signatures by known keys is wrong', () => {
    const second = ed25519Signer('witness.example', new Uint8Array(32).fill(8));
    const { signatures } = parseNote(signNote('text\n', [signer, second]));
    const forged = formatNote({
      text: 'text\n',
      signatures: [signatures[0]!, { ...signatures[1]!, signature: signatures[0]!.signature }],
    });
    const verifiers: NoteVerifier[] = [verifier, noteVerifier(second.key)];
    expect(codeOf(() => openNote(forged, verifiers))).toBe('TLOG_SIGNATURE_INVALID');
    expect(openNote(forged, [verifier]).verified).toHaveLength(1);
  });

  it('that are malformed are refused with one code, whatever they hold', () => {
    const line = NOTE.split('\n\n')[1]!;
    const wrong = ['', '\n', 'text\n', 'text\n\n', 'text\n\nline\n', NOTE.slice(0, -1), `${NOTE}\n`, `a\tb\n\n${line}`];
    wrong.push(`a\rb\n\n${line}`, `\ud800\n\n${line}`, `text\n\n${line.replace('\u2014', '-')}`);
    wrong.push(
      `text\n\n${line.replace(' Uw2', '  Uw2')}`,
      `text\n\n${line.replace('=', '')}`,
      'text\n\n\u2014 n AAAA\n',
    );
    wrong.push(
      `text\n\n${line.repeat(101)}`,
      `${'x'.repeat(1_000_000)}\n\n${line}`,
      `text\n\n${line.replace('foo', 'f+o')}`,
    );
    for (const note of wrong) {
      expect([note.slice(0, 60), codeOf(() => parseNote(note))]).toEqual([note.slice(0, 60), 'TLOG_NOTE_MALFORMED']);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codeOf(() => openNote(text, [verifier]))).toBe('TLOG_NOTE_MALFORMED');
      }),
    );
  });

  it('count a signature that is repeated once, and check it once', () => {
    let checked = 0;
    const counting: NoteVerifier = { ...verifier, verify: (...args) => (checked++, verifier.verify(...args)) };
    const { text, signatures } = parseNote(signed);
    const repeated = formatNote({ text, signatures: Array.from({ length: 100 }, () => signatures[0]!) });
    expect(openNote(repeated, [counting]).verified).toEqual(signatures);
    expect(checked).toBe(1);
  });

  it('carry 16 signatures and more', () => {
    const signers = Array.from({ length: 20 }, (_, i) => ed25519Signer(`w${i}`, new Uint8Array(32).fill(i)));
    expect(
      openNote(
        signNote('t\n', signers),
        signers.map(({ key }) => noteVerifier(key)),
      ).verified,
    ).toHaveLength(20);
  });

  it('cannot be written from a text that would be read otherwise', () => {
    expect(codeOf(() => signNote('no newline', [signer]))).toBe('TLOG_NOTE_MALFORMED');
    expect(codeOf(() => signNote('text\n', []))).toBe('TLOG_NOTE_MALFORMED');
    expect(codeOf(() => signNote('a\u0000b\n', [signer]))).toBe('TLOG_NOTE_MALFORMED');
    expect(codeOf(() => signNote('text\n', [{ ...signer, name: 'a b' }]))).toBe('TLOG_NOTE_MALFORMED');
  });

  it('take other signature types, whose failure is a wrong signature and not a crash', () => {
    const type = 0x06;
    const algorithm: SignatureAlgorithm = {
      type,
      publicKeyLength: 4,
      verify: (publicKey, message, signature) => {
        if (signature.length !== 1) throw new Error('bad length');
        return signature[0] === (publicKey[0]! + message.length) % 256;
      },
    };
    const key = verifierKey('pq.example', Uint8Array.of(1, 2, 3, 4), type);
    const pq = noteVerifier(formatVerifierKey(key), [algorithm]);
    const sign = (message: Uint8Array): Uint8Array => Uint8Array.of((1 + message.length) % 256);
    const note = signNote('text\n', [signer, { ...pq, sign }]);
    expect(openNote(note, [verifier, pq]).verified).toHaveLength(2);
    const bad = signNote('text\n', [signer, { ...pq, sign: () => Uint8Array.of(1, 2) }]);
    expect(codeOf(() => openNote(bad, [verifier, pq]))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it('give their signature lines one by one, as witnesses return them', () => {
    const { signatures } = parseNote(NOTE);
    expect(parseSignatureLine(formatSignatureLine(signatures[0]!))).toEqual(signatures[0]);
    expect(toBase64(fromBase64(NOTE.split(' ').at(-1)!.trim()))).toBe(NOTE.split(' ').at(-1)!.trim());
    expect(utf8ToBytes('\u2014')).toHaveLength(3);
  });
});
