import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, concatBytes, equalBytes, hexToBytes } from '../bytes.js';
import { EvmError } from '../evm/errors.js';
import { HEADER_MEMBERS, LEAST_MEMBERS, readHeader } from '../evm/header.js';
import { decodeRlp, encodeRlp } from '../evm/rlp.js';
import { trieValue } from '../evm/trie.js';
import { ReceiptError } from './errors.js';
import { HostileValue, toHex } from './hostile-value.js';

/** What leads from the hash of a block to the head of a log that `CheckpointAnchor` held at its end. All are RLP. */
export interface StateProof {
  readonly header: Uint8Array;
  /** Nodes of the state trie, from the root to the contract's account. */
  readonly account: readonly Uint8Array[];
  /** Nodes of the contract's storage trie, to the slot of the head's root. */
  readonly root: readonly Uint8Array[];
  /** The same, to the slot of publisher, size and time. */
  readonly size: readonly Uint8Array[];
}

/** The head of a log in a block's state. Addresses and hashes are `0x` and lower-case hex, times seconds since 1970. */
export interface AnchoredState {
  readonly blockHash: string;
  readonly blockNumber: number;
  readonly blockTime: number;
  /** keccak-256 of the contract's code. */
  readonly codeHash: string;
  readonly head: {
    readonly root: string;
    readonly size: number;
    readonly publisher: string;
    readonly anchoredAt: number;
  };
}

/** `heads` is the contract's first variable. */
const HEADS_SLOT = new Uint8Array(32);
const ACCOUNT_ITEMS = 4;

/**
 * The storage slots of the head of a log, 32 bytes in hex: what to ask of `eth_getProof`. `root`, and behind it
 * `publisher | size << 160 | anchoredAt << 224` (Solidity's layout of `mapping(bytes32 => Head)` in slot 0).
 */
export function headSlots(logId: string): { readonly root: string; readonly size: string } {
  const base = BigInt(toHex(keccak_256(concatBytes(hexToBytes(logId.slice(2)), HEADS_SLOT))));
  return { root: slotText(base), size: slotText((base + 1n) % 2n ** 256n) };
}

const slotText = (slot: bigint): string => `0x${slot.toString(16).padStart(64, '0')}`;

/**
 * Follows a state proof from its header to the head of the log. Whether the header is of a block of some chain is for
 * whoever knows that block's hash to say. `contract` and `logId` are `0x` and hex digits.
 * Throws ReceiptError (STATE_PROOF_INVALID).
 */
export function openStateProof(proof: StateProof, contract: string, logId: string): AnchoredState {
  try {
    return follow(proof, contract, logId);
  } catch (error) {
    if (error instanceof EvmError) throw invalid(error.message);
    throw error;
  }
}

function follow(proof: StateProof, contract: string, logId: string): AnchoredState {
  const header = readHeader(proof.header);
  const account = readAccount(trieValue(header.stateRoot, hexToBytes(contract.slice(2)), proof.account));
  const slots = headSlots(logId);
  const root = readSlot(account.storageRoot, slots.root, proof.root);
  const packed = readSlot(account.storageRoot, slots.size, proof.size);
  return {
    blockHash: toHex(header.hash),
    blockNumber: header.number,
    blockTime: header.time,
    codeHash: toHex(account.codeHash),
    head: { root: toHex(root), ...unpack(packed) },
  };
}

function readAccount(rlp: Uint8Array): { storageRoot: Uint8Array; codeHash: Uint8Array } {
  const items = decodeRlp(rlp);
  if (items instanceof Uint8Array || items.length !== ACCOUNT_ITEMS) throw invalid('An account has four items.');
  const [, , storageRoot, codeHash] = items;
  if (!isHash(storageRoot) || !isHash(codeHash)) throw invalid('An account holds two hashes.');
  return { storageRoot, codeHash };
}

const isHash = (item: unknown): item is Uint8Array => item instanceof Uint8Array && item.length === 32;

/** The 32 bytes of a storage slot. */
function readSlot(storageRoot: Uint8Array, slot: string, proof: readonly Uint8Array[]): Uint8Array {
  const value = decodeRlp(trieValue(storageRoot, hexToBytes(slot.slice(2)), proof));
  if (!(value instanceof Uint8Array) || value.length > 32 || value[0] === 0 || value.length === 0) {
    throw invalid('A storage slot holds up to 32 bytes that do not begin with a zero.');
  }
  const word = new Uint8Array(32);
  word.set(value, 32 - value.length);
  return word;
}

function unpack(word: Uint8Array): { size: number; publisher: string; anchoredAt: number } {
  const size = Number(BigInt(toHex(word.subarray(4, 12))));
  if (!Number.isSafeInteger(size)) throw invalid('The anchored size is not below 2^53.');
  return { size, publisher: toHex(word.subarray(12)), anchoredAt: Number(toHex(word.subarray(0, 4))) };
}

/**
 * The RLP of the header of a block that `eth_getBlockByNumber` or `eth_getBlockByHash` answered. Its members are put
 * in the header's order; what a node adds that is not of the header is left away. Throws ReceiptError
 * (CHAIN_ANSWER_MALFORMED) unless keccak-256 of it is the block's hash.
 */
export function headerFromRpc(answer: unknown): Uint8Array {
  const block = new HostileValue(answer, 'CHAIN_ANSWER_MALFORMED', 'block');
  const hash = hexToBytes(block.member('hash').anyHex(32).slice(2));
  const members: Uint8Array[] = [];
  for (const [name, kind] of HEADER_MEMBERS) {
    const member = block.member(name);
    if (members.length >= LEAST_MEMBERS && (member.isMissing() || member.raw() === null)) break;
    members.push(headerMember(member, kind));
  }
  for (let count = members.length; count >= LEAST_MEMBERS; count--) {
    const header = encodeRlp(members.slice(0, count));
    if (equalBytes(keccak_256(header), hash)) return header;
  }
  return block.refuse(`the members of a header with the hash 0x${bytesToHex(hash)}`);
}

function headerMember(member: HostileValue, kind: number | 'number' | 'bytes'): Uint8Array {
  if (typeof kind === 'number') return hexToBytes(member.anyHex(kind).slice(2));
  if (kind === 'bytes') return hexToBytes(member.text(/^0x([0-9a-fA-F]{2}){0,1024}$/, 'bytes in hex').slice(2));
  const digits = member
    .text(/^0x[0-9a-fA-F]{1,64}$/, 'a quantity in hex')
    .slice(2)
    .replace(/^0+/, '');
  return hexToBytes(digits.length % 2 === 1 ? `0${digits}` : digits);
}

/** What `eth_getProof` answered for the slots of `headSlots`, in their order. Throws CHAIN_ANSWER_MALFORMED. */
export function stateProofFromRpc(header: Uint8Array, answer: unknown): StateProof {
  const proof = new HostileValue(answer, 'CHAIN_ANSWER_MALFORMED', 'proof');
  const [root, size, ...rest] = proof.member('storageProof').list(2);
  if (root === undefined || size === undefined || rest.length > 0) return proof.refuse('the proofs of two slots');
  return {
    header,
    account: readNodes(proof.member('accountProof')),
    root: readNodes(root.member('proof')),
    size: readNodes(size.member('proof')),
  };
}

const MOST_NODES = 65;

const readNodes = (nodes: HostileValue): Uint8Array[] =>
  nodes.list(MOST_NODES).map((node) => hexToBytes(node.text(/^0x([0-9a-fA-F]{2}){1,1024}$/, 'a node in hex').slice(2)));

const invalid = (message: string): ReceiptError => new ReceiptError('STATE_PROOF_INVALID', message);
