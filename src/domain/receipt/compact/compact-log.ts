import { concatBytes } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';
import { DomainError } from '../../errors.js';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../../tlog/checkpoint.js';
import { keyIdBytes } from '../../tlog/note-key.js';
import { formatNote, type NoteSignature, parseNote } from '../../tlog/signed-note.js';
import type { ReceiptLog } from '../receipt.js';
import type { HostileCbor } from './compact-reader.js';

const KEY_ID_BYTES = 4;

/** `[origin, index, hashes, checkpoint]`. */
export const packLog = ({ origin, index, proof, checkpoint }: ReceiptLog): CborValue => [
  origin,
  index,
  concatBytes(...proof),
  packCheckpoint(checkpoint, origin) ?? checkpoint,
];

export function unpackLog(log: HostileCbor): ReceiptLog {
  const [origin, index, proof, checkpoint] = log.list(4);
  const name = origin!.text();
  return {
    origin: name,
    index: index!.count(),
    proof: proof!.hashes(),
    checkpoint: unpackCheckpoint(checkpoint!, name),
  };
}

/** `[size, root, extension lines, [name, key ID and signature]...]`; a name that is the origin is null. */
function packCheckpoint(note: string, origin: string): CborValue | undefined {
  const parsed = readCheckpoint(note);
  if (parsed?.checkpoint.origin !== origin) return undefined;
  const { checkpoint, signatures } = parsed;
  const packed: CborValue = [
    checkpoint.size,
    checkpoint.root,
    [...(checkpoint.extensions ?? [])],
    ...signatures.map(({ name, keyId, signature }): CborValue => [
      name === origin ? null : name,
      concatBytes(keyIdBytes(keyId), signature),
    ]),
  ];
  return formatNote({ text: formatCheckpoint(checkpoint), signatures }) === note ? packed : undefined;
}

/** The checkpoint of a note; undefined for a text that is none. */
export function readCheckpoint(
  note: string,
): { readonly checkpoint: Checkpoint; readonly signatures: readonly NoteSignature[] } | undefined {
  try {
    const { text, signatures } = parseNote(note);
    return { checkpoint: parseCheckpoint(text), signatures };
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function unpackCheckpoint(packed: HostileCbor, origin: string): string {
  if (typeof packed.value === 'string') return packed.value;
  const [size, root, extensions, ...signatures] = packed.list();
  if (size === undefined || root === undefined || extensions === undefined) return packed.refuse('a checkpoint');
  const checkpoint = {
    origin,
    size: size.count(),
    root: root.bytes(32),
    extensions: extensions.list().map((line) => line.text()),
  };
  try {
    const lines = signatures.map((signature) => unpackSignature(signature, origin));
    return formatNote({ text: formatCheckpoint(checkpoint), signatures: lines });
  } catch (error) {
    if (error instanceof DomainError) return packed.refuse(`a checkpoint (${error.message})`);
    throw error;
  }
}

function unpackSignature(signature: HostileCbor, origin: string): NoteSignature {
  const [name, bytes] = signature.list(2);
  const all = bytes!.bytes();
  if (all.length <= KEY_ID_BYTES) return bytes!.refuse('a key ID and a signature');
  return {
    name: name!.value === null ? origin : name!.text(),
    keyId: new DataView(all.buffer, all.byteOffset).getUint32(0),
    signature: all.slice(KEY_ID_BYTES),
  };
}
