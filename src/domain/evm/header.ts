import { keccak_256 } from '@noble/hashes/sha3.js';
import { EvmError } from './errors.js';
import { decodeRlp } from './rlp.js';

/** What a state proof needs of a block header. */
export interface BlockHeader {
  /** keccak-256 of the header's RLP. */
  readonly hash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly number: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/**
 * The header's members in their order (Yellow Paper section 4.4.3), by their names in Ethereum's JSON-RPC. The first
 * 15 are in every header; forks append the others: London, Shanghai, Cancun (3), Prague, Amsterdam (2).
 */
export const HEADER_MEMBERS = [
  ['parentHash', 32],
  ['sha3Uncles', 32],
  ['miner', 20],
  ['stateRoot', 32],
  ['transactionsRoot', 32],
  ['receiptsRoot', 32],
  ['logsBloom', 256],
  ['difficulty', 'number'],
  ['number', 'number'],
  ['gasLimit', 'number'],
  ['gasUsed', 'number'],
  ['timestamp', 'number'],
  ['extraData', 'bytes'],
  ['mixHash', 32],
  ['nonce', 8],
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 32],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 32],
  ['requestsHash', 32],
  ['blockAccessListHash', 32],
  ['slotNumber', 'number'],
] as const;

/** How many members every header has. */
export const LEAST_MEMBERS = 15;
const MOST_MEMBERS = 64;
const MOST_BYTES = 4096;

/** Reads the RLP of a header, with whatever later forks append to it. Throws EvmError (RLP_INVALID). */
export function readHeader(rlp: Uint8Array): BlockHeader {
  if (rlp.length > MOST_BYTES) throw invalid(`it has ${rlp.length} bytes, expected at most ${MOST_BYTES}`);
  const items = decodeRlp(rlp);
  if (items instanceof Uint8Array || items.length < LEAST_MEMBERS || items.length > MOST_MEMBERS) {
    throw invalid(`a list of ${LEAST_MEMBERS} items or more was expected`);
  }
  const members = items.map((item, i) => {
    if (!(item instanceof Uint8Array)) throw invalid(`item ${i} is a list`);
    const length = HEADER_MEMBERS[i]?.[1];
    if (i < LEAST_MEMBERS && typeof length === 'number' && item.length !== length) {
      throw invalid(`item ${i} has ${item.length} bytes, expected ${length}`);
    }
    return item;
  });
  return {
    hash: keccak_256(rlp),
    stateRoot: members[3]!,
    number: rlpNumber(members[8]!, 'the block number'),
    time: rlpNumber(members[11]!, 'the time'),
  };
}

/** A number as RLP writes it: big-endian, without leading zeros. Throws EvmError above 2^53 - 1. */
function rlpNumber(bytes: Uint8Array, what: string): number {
  if (bytes[0] === 0) throw invalid(`${what} begins with a zero`);
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (!Number.isSafeInteger(number)) throw invalid(`${what} is not below 2^53`);
  return number;
}

const invalid = (why: string): EvmError => new EvmError('RLP_INVALID', `Not a block header: ${why}.`);
