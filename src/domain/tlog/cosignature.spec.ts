import { createPublicKey, verify as nativeVerify } from 'node:crypto';
import fc from 'fast-check';
import { concatBytes, fromBase64, utf8ToBytes } from '../bytes.js';
import { formatCheckpoint, openCheckpoint } from './checkpoint.js';
import {
  COSIGNATURE_ED25519,
  COSIGNATURE_ML_DSA_44,
  cosignatureTime,
  cosignatureVerifier,
  ed25519Cosigner,
  mlDsaCosigner,
  noteVerifierOf,
} from './cosignature.js';
import { ed25519Signer, formatVerifierKey, verifierKey } from './note-key.js';
import { noteSignature, openNote, parseNote, parseSignatureLine, signNote } from './signed-note.js';
import { codeOf } from './testing/codes.js';
import { ML_DSA_LOG_NOTE, ML_DSA_LOG_VKEY } from './testing/published-cosignatures.js';

const NOW = 1_679_315_147;
const now = (): number => NOW;
const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const root = new Uint8Array(32).fill(9);
const text = formatCheckpoint({ origin: 'example.com/behind-the-sof\u00e4', size: 20852163, root });
const extended = `${text}an extension\n`;

const log = ed25519Signer('example.com/behind-the-sof\u00e4', seed(1));
const ed = ed25519Cosigner('witness.example/ed', seed(2), now);
const pq = mlDsaCosigner('witness.example/pq', seed(3), now);
const both = [ed, pq] as const;

/** The DER of a SubjectPublicKeyInfo around a raw key, for the implementation in Node's own OpenSSL. */
const spki = (prefix: string, raw: Uint8Array): Buffer => Buffer.concat([Buffer.from(prefix, 'hex'), raw]);

const u64 = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

describe('cosignatures', () => {
  it('of an Ed25519 key sign the header, the time and the note body, and nothing else', () => {
    const { signature } = noteSignature(extended, ed);
    expect(signature).toHaveLength(72);
    const key = createPublicKey({
      key: spki('302a300506032b6570032100', ed.key.publicKey),
      format: 'der',
      type: 'spki',
    });
    const message = `cosignature/v1\ntime ${NOW}\n${extended}`;
    expect(nativeVerify(null, Buffer.from(message), key, signature.subarray(8))).toBe(true);
  });

  it('of an ML-DSA-44 key sign the cosigned_message of the specification, as another implementation sees it', () => {
    const { signature } = noteSignature(text, pq);
    expect(signature).toHaveLength(8 + 2420);
    const origin = utf8ToBytes('example.com/behind-the-sof\u00e4');
    const name = utf8ToBytes('witness.example/pq');
    const message = concatBytes(
      utf8ToBytes('subtree/v1\n\0'),
      ...[
        Uint8Array.of(name.length),
        name,
        u64(NOW),
        Uint8Array.of(origin.length),
        origin,
        u64(0),
        u64(20852163),
        root,
      ],
    );
    const der = spki('30820532300b06096086480165030403110382052100', pq.key.publicKey);
    // OpenSSL before 3.5 does not know ML-DSA; the published signature below is checked everywhere.
    if (Number(process.versions.node.split('.')[0]) < 24) return;
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    expect(nativeVerify(null, message, key, signature.subarray(8))).toBe(true);
  });

  it('of ML-DSA-44 that a Go implementation made verify', () => {
    const verifier = noteVerifierOf(ML_DSA_LOG_VKEY);
    const { checkpoint, note } = openCheckpoint(ML_DSA_LOG_NOTE, 'example.com/mldsa-log', [verifier]);
    expect(checkpoint.size).toBe(1);
    expect(cosignatureTime(note.verified[0]!)).toBe(0);
    const other = ML_DSA_LOG_NOTE.replace('\n1\n', '\n2\n');
    expect(codeOf(() => openNote(other, [verifier]))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it('verify beside the signature of the log, and say when they were made', () => {
    const note = signNote(text, [log, ...both]);
    const verifiers = [log.key, ed.key, pq.key].map((key) => noteVerifierOf(formatVerifierKey(key)));
    const { verified } = openNote(note, verifiers);
    expect(verified.map(({ name }) => name)).toEqual([log.name, ed.name, pq.name]);
    expect(verified.slice(1).map(cosignatureTime)).toEqual([NOW, NOW]);
  });

  it('read the time of the specification\u2019s example', () => {
    const line =
      '\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==';
    expect(cosignatureTime(parseSignatureLine(line))).toBe(NOW);
    const short = { name: 'w', keyId: 1, signature: fromBase64('AAAA') };
    expect(codeOf(() => cosignatureTime(short))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it.each(both.map((signer) => [signer.name, signer] as const))(
    'fail when any bit of the text, the time or the signature is another: %s',
    (_name, signer) => {
      const verifier = cosignatureVerifier(signer.key);
      const message = utf8ToBytes(text);
      const { signature } = noteSignature(text, signer);
      expect(verifier.verify(message, signature)).toBe(true);
      fc.assert(
        fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 7 }), (inText, at, bit) => {
          const changed = [message.slice(), signature.slice()] as const;
          const bytes = inText ? changed[0] : changed[1];
          bytes[at % bytes.length]! ^= 1 << bit;
          expect(verifier.verify(...changed)).toBe(false);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('by ML-DSA-44 are bound to the name of the cosigner', () => {
    const renamed = verifierKey('other.example/pq', pq.key.publicKey, COSIGNATURE_ML_DSA_44);
    expect(cosignatureVerifier(renamed).verify(utf8ToBytes(text), pq.sign(utf8ToBytes(text)))).toBe(false);
  });

  it('by ML-DSA-44 are neither made nor believed of a checkpoint with extension lines, which they do not cover', () => {
    expect(codeOf(() => signNote(extended, [pq]))).toBe('TLOG_COSIGNATURE_REFUSED');
    const verifier = cosignatureVerifier(pq.key);
    expect(verifier.verify(utf8ToBytes(extended), pq.sign(utf8ToBytes(text)))).toBe(false);
    const covered = signNote(extended, [ed]);
    expect(openNote(covered, [cosignatureVerifier(ed.key)]).verified).toHaveLength(1);
  });

  it('of a later time are refused only where a clock is given', () => {
    const note = signNote(text, [pq]);
    expect(openNote(note, [cosignatureVerifier(pq.key, () => NOW)]).verified).toHaveLength(1);
    expect(codeOf(() => openNote(note, [cosignatureVerifier(pq.key, () => NOW - 1)]))).toBe('TLOG_SIGNATURE_INVALID');
    expect(openNote(note, [cosignatureVerifier(pq.key)]).verified).toHaveLength(1);
  });

  it('with a time of 2^63 and more are refused, whoever made them', () => {
    const late = ed25519Cosigner('w', seed(4), () => 2 ** 63);
    expect(codeOf(() => late.sign(utf8ToBytes(text)))).toBe('TLOG_COSIGNATURE_REFUSED');
    const negative = ed25519Cosigner('w', seed(4), () => -1);
    expect(codeOf(() => negative.sign(utf8ToBytes(text)))).toBe('TLOG_COSIGNATURE_REFUSED');
  });

  it('cannot be made under names or of origins that do not fit', () => {
    expect(codeOf(() => mlDsaCosigner('w'.repeat(256), seed(5), now))).toBe('TLOG_COSIGNATURE_REFUSED');
    expect(codeOf(() => mlDsaCosigner('w', new Uint8Array(31), now))).toBe('TLOG_COSIGNATURE_REFUSED');
    const long = formatCheckpoint({ origin: 'o'.repeat(256), size: 1, root });
    expect(codeOf(() => pq.sign(utf8ToBytes(long)))).toBe('TLOG_COSIGNATURE_REFUSED');
    expect(codeOf(() => pq.sign(utf8ToBytes('no checkpoint\n')))).toBe('TLOG_CHECKPOINT_MALFORMED');
  });

  it('need a key of their type and length', () => {
    expect(codeOf(() => cosignatureVerifier(log.key))).toBe('TLOG_KEY_INVALID');
    expect(noteVerifierOf(log.key).key).toBe(log.key);
    for (const type of [COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44]) {
      expect(codeOf(() => noteVerifierOf(verifierKey('w', new Uint8Array(33), type)))).toBe('TLOG_KEY_INVALID');
    }
    expect(codeOf(() => noteVerifierOf(verifierKey('w', new Uint8Array(32), 0x02)))).toBe('TLOG_KEY_INVALID');
  });

  it('never make a verifier throw, whatever bytes come', () => {
    const verifiers = both.map(({ key }) => cosignatureVerifier(key));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 2500, size: 'max' }), (a, b) => {
        for (const verifier of verifiers) {
          expect(verifier.verify(a, b)).toBe(false);
          expect(verifier.verify(utf8ToBytes(text), b)).toBe(false);
        }
      }),
    );
  });

  it('differ for one key, name and text in nothing but their type and time', () => {
    expect(parseNote(signNote(text, [ed])).signatures[0]).toEqual(noteSignature(text, ed));
    expect(ed.keyId).not.toBe(verifierKey(ed.name, ed.key.publicKey).keyId);
  });
});
