import { concatBytes } from '../bytes.js';
import { EvmError } from './errors.js';

/** An item of RLP (Ethereum Yellow Paper, appendix B): a byte string or a list of items. */
export type Rlp = Uint8Array | readonly Rlp[];

const DEEPEST = 16;
const SHORT = 55;
const STRING = 0x80;
const LIST = 0xc0;

/** An item of a decoded list, with the bytes that it was written in. */
interface Head {
  readonly list: boolean;
  /** Where its content begins and ends. */
  readonly from: number;
  readonly to: number;
}

/**
 * Decodes one item. Throws EvmError (RLP_INVALID) for bytes that end early, bytes that are left over, a length or a
 * single byte that is not written in its shortest form, and more than 16 levels of lists.
 */
export function decodeRlp(bytes: Uint8Array): Rlp {
  const head = readHead(bytes, 0, bytes.length);
  if (head.to !== bytes.length) throw invalid(`${bytes.length - head.to} bytes follow the item`);
  return decodeItem(bytes, head, DEEPEST);
}

/** The bytes of an item in their one canonical form. */
export function encodeRlp(item: Rlp): Uint8Array {
  if (item instanceof Uint8Array) {
    return item.length === 1 && item[0]! < STRING ? item : concatBytes(header(STRING, item.length), item);
  }
  const content = concatBytes(...item.map(encodeRlp));
  return concatBytes(header(LIST, content.length), content);
}

function decodeItem(bytes: Uint8Array, { list, from, to }: Head, levels: number): Rlp {
  if (!list) return bytes.slice(from, to);
  if (levels === 0) throw invalid(`lists in more than ${DEEPEST} levels`);
  const items: Rlp[] = [];
  for (let at = from; at < to;) {
    const head = readHead(bytes, at, to);
    items.push(decodeItem(bytes, head, levels - 1));
    at = head.to;
  }
  return items;
}

function readHead(bytes: Uint8Array, at: number, end: number): Head {
  if (at >= end) throw invalid('an item was expected where the bytes end');
  const first = bytes[at]!;
  if (first < STRING) return { list: false, from: at, to: at + 1 };
  const list = first >= LIST;
  const short = first - (list ? LIST : STRING);
  const head = short <= SHORT ? { list, from: at + 1, to: at + 1 + short } : longHead(bytes, at, end, list, short);
  if (head.to > end)
    throw invalid(`an item of ${head.to - head.from} bytes was announced, ${end - head.from} are left`);
  if (!list && head.to - head.from === 1 && short === 1 && bytes[head.from]! < STRING) {
    throw invalid('a byte below 0x80 has a length before it');
  }
  return head;
}

function longHead(bytes: Uint8Array, at: number, end: number, list: boolean, short: number): Head {
  const width = short - SHORT;
  const from = at + 1 + width;
  if (width > 4 || from > end) throw invalid('a length is longer than the bytes');
  let length = 0;
  for (let i = at + 1; i < from; i++) length = length * 256 + bytes[i]!;
  if (bytes[at + 1] === 0 || length <= SHORT) throw invalid('a length is not in its shortest form');
  return { list, from, to: from + length };
}

function header(kind: number, length: number): Uint8Array {
  if (length <= SHORT) return Uint8Array.of(kind + length);
  const size: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) size.unshift(left % 256);
  return Uint8Array.of(kind + SHORT + size.length, ...size);
}

const invalid = (why: string): EvmError => new EvmError('RLP_INVALID', `Not canonical RLP: ${why}.`);
