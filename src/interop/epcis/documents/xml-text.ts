import { TextDecoder } from 'node:util';
import { DocumentError } from '../../../domain/epcis/document.js';
import type { OpenSource } from './document-source.js';

const PIECE = 64 * 1024;
/** Bytes in which an XML declaration ends. */
const DECLARATION = 512;

/** The characters of an XML document as they come: UTF-8 or UTF-16, as its first bytes say. Throws DocumentError. */
export async function* decodeXml(open: OpenSource): AsyncIterable<string> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of open()) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head !== undefined) {
      head = Buffer.concat([head, bytes]);
      if (head.length < DECLARATION) continue;
      bytes = head;
      head = undefined;
    }
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    for (let at = 0; at < bytes.length; at += PIECE) yield decode(decoder, bytes.subarray(at, at + PIECE));
  }
  if (head !== undefined) {
    decoder = new TextDecoder(encodingOf(head), { fatal: true });
    yield decode(decoder, head);
  }
  if (decoder !== undefined) yield decode(decoder);
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new DocumentError('ENCODING_INVALID', {}, decoder.encoding.toUpperCase(), 'other bytes');
  }
}

/** By byte order mark or first character, else as declared (XML 1.0, appendix F). */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const start = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  const wide =
    start === 0xfffe || start === 0x3c00 ? 'utf-16le' : start === 0xfeff || start === 0x003c ? 'utf-16be' : undefined;
  const text = new TextDecoder(wide ?? 'utf-8').decode(bytes.subarray(0, DECLARATION));
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']/.exec(text)?.[1]?.toLowerCase();
  const allowed = wide === undefined ? ['utf-8', 'us-ascii', 'ascii'] : ['utf-16', wide];
  if (declared === undefined || allowed.includes(declared)) return wide ?? 'utf-8';
  throw new DocumentError('ENCODING_INVALID', { line: 1, column: 1 }, allowed.join(' or '), `encoding="${declared}"`);
}
