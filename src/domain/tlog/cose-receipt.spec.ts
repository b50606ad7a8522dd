import { createPublicKey, verify as nativeVerify } from 'node:crypto';
import fc from 'fast-check';
import { bytesToHex, concatBytes, hexToBytes } from '../bytes.js';
import { CborTag, type CborValue, decodeCbor, encodeCbor } from '../cbor/index.js';
import { checkCoseReceipt, coseReceipt } from './cose-receipt.js';
import { ed25519Signer, keyIdBytes } from './note-key.js';
import { codeOf } from './testing/codes.js';
import { entries, flipBit, referencePath, referenceRoot } from './testing/reference-tree.js';

const signer = ed25519Signer('halisi.example/log', new Uint8Array(32).fill(1));
const { publicKey } = signer.key;
const all = entries(23);
const receipt = (index: number, size: number): Uint8Array => {
  const tree = all.slice(0, size);
  return coseReceipt({ index, size, hashes: referencePath(index, tree) }, referenceRoot(tree), signer);
};
const map = (...members: [CborValue, CborValue][]): CborValue => new Map(members);

/** The tree size of a receipt, which is in the one byte behind the head of its proof. */
const decodedSize = (bytes: Uint8Array): number => bytes[26]!;

describe('a COSE receipt', () => {
  it('has the bytes that RFC 9942 shows, with EdDSA and the key ID of the log', () => {
    const path = referencePath(0, all.slice(0, 2));
    // d2: tag 18; 84: four items; a3: alg -8, kid, vds 1; a1: vdp {-1: [<<[2, 0, [h'…']]>>]}; f6: no payload.
    const header = `a301270444${bytesToHex(keyIdBytes(signer.keyId))}19018b01`;
    const proof = `830200815820${bytesToHex(path[0]!)}`;
    const expected = `d2844d${header}a119018ca120815826${proof}f65840`;
    expect(bytesToHex(receipt(0, 2)).slice(0, -128)).toBe(expected);
  });

  it('is signed over the Sig_structure of the root, as another implementation sees it', () => {
    const value = decodeCbor(receipt(3, 7)) as CborTag;
    const [header, , , signature] = value.value as [Uint8Array, unknown, null, Uint8Array];
    const root = referenceRoot(all.slice(0, 7));
    const message = concatBytes(
      ...[hexToBytes('846a'), Buffer.from('Signature1'), hexToBytes('4d'), header, hexToBytes('405820'), root],
    );
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    expect(nativeVerify(null, message, key, signature)).toBe(true);
  });

  it('of every entry in every tree holds for its entry alone', () => {
    for (let size = 1; size <= all.length; size += 4) {
      for (let index = 0; index < size; index += 2) {
        const bytes = receipt(index, size);
        expect(checkCoseReceipt(bytes, all[index]!, publicKey)).toEqual({
          index,
          size,
          hashes: referencePath(index, all.slice(0, size)),
          root: referenceRoot(all.slice(0, size)),
          keyId: keyIdBytes(signer.keyId),
        });
        const other = all[(index + 1) % all.length]!;
        expect(codeOf(() => checkCoseReceipt(bytes, other, publicKey))).toBe('TLOG_SIGNATURE_INVALID');
      }
    }
  });

  it('by another key is refused', () => {
    const other = ed25519Signer('halisi.example/log', new Uint8Array(32).fill(2)).key.publicKey;
    expect(codeOf(() => checkCoseReceipt(receipt(3, 7), all[3]!, other))).toBe('TLOG_SIGNATURE_INVALID');
    expect(codeOf(() => checkCoseReceipt(receipt(3, 7), all[3]!, new Uint8Array(5)))).toBe('TLOG_SIGNATURE_INVALID');
  });

  it('is refused after any change of a bit, or still proves that entry in that root', () => {
    const good = receipt(3, 7);
    const root = referenceRoot(all.slice(0, 7));
    const changed: number[] = [];
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = flipBit(good, bit);
      const code = codeOf(() => expect(checkCoseReceipt(bytes, all[3]!, publicKey).root).toEqual(root));
      if (code === undefined) changed.push(bit);
      else expect(code).toMatch(/^TLOG_/);
    }
    // RFC 9942 leaves the tree size unsigned: 6 for 7 has another right edge, which the path to entry 3 does not show.
    expect(changed.map((bit) => decodedSize(flipBit(good, bit)))).toEqual([6, 5]);
  });

  it('is malformed whatever other bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codeOf(() => checkCoseReceipt(bytes, all[3]!, publicKey))).toBe('TLOG_COSE_MALFORMED');
      }),
    );
  });

  const header = encodeCbor(map([1, -8], [395, 1]));
  const inclusion = encodeCbor([7, 3, []]);
  const vdp = map([396, map([-1, [inclusion]])]);
  const signature = new Uint8Array(64);
  const sign1 = (...items: CborValue[]): Uint8Array => encodeCbor(new CborTag(18, items));
  it.each<[string, Uint8Array]>([
    ['no tag', encodeCbor([header, vdp, null, signature])],
    ['another tag', encodeCbor(new CborTag(98, [header, vdp, null, signature]))],
    ['three items', sign1(header, vdp, null)],
    ['five items', sign1(header, vdp, null, signature, null)],
    ['a payload', sign1(header, vdp, new Uint8Array(32), signature)],
    ['a header that is no map', sign1(encodeCbor([]), vdp, null, signature)],
    ['another algorithm', sign1(encodeCbor(map([1, -7], [395, 1])), vdp, null, signature)],
    ['another structure', sign1(encodeCbor(map([1, -8], [395, 2])), vdp, null, signature)],
    ['a critical label', sign1(encodeCbor(map([1, -8], [2, [99]], [395, 1])), vdp, null, signature)],
    ['a key ID that is a number', sign1(encodeCbor(map([1, -8], [4, 1], [395, 1])), vdp, null, signature)],
    ['no proofs', sign1(header, map(), null, signature)],
    ['two proofs', sign1(header, map([396, map([-1, [inclusion, inclusion]])]), null, signature)],
    ['a consistency proof', sign1(header, map([396, map([-2, [inclusion]])]), null, signature)],
    ['a proof in four parts', sign1(header, map([396, map([-1, [encodeCbor([7, 3, [], 0])]])]), null, signature)],
    ['a short hash', sign1(header, map([396, map([-1, [encodeCbor([7, 3, [header]])]])]), null, signature)],
    ['too many bytes', sign1(header, vdp, null, new Uint8Array(65 * 1024))],
  ])('with %s is malformed', (_what, bytes) => {
    expect(codeOf(() => checkCoseReceipt(bytes, all[3]!, publicKey))).toBe('TLOG_COSE_MALFORMED');
  });

  it('may name its algorithm as RFC 9864 does', () => {
    const modern = encodeCbor(map([1, -19], [395, 1]));
    const message = encodeCbor(['Signature1', modern, new Uint8Array(0), referenceRoot(all.slice(0, 1))]);
    const proof = map([396, map([-1, [encodeCbor([1, 0, []])]])]);
    const bytes = sign1(modern, proof, null, signer.sign(message));
    expect(checkCoseReceipt(bytes, all[0]!, publicKey).keyId).toBeUndefined();
  });

  it('with a wrong proof is refused as a proof is', () => {
    expect(codeOf(() => checkCoseReceipt(sign1(header, vdp, null, signature), all[3]!, publicKey))).toBe(
      'TLOG_PROOF_LENGTH',
    );
  });
});
