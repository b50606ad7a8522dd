import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { hexToBytes, utf8ToBytes } from '../bytes.js';
import { encodeRlp } from '../evm/rlp.js';
import { buildTrie } from '../evm/trie.fixture.js';
import { toHex } from './hostile-value.js';
import { headSlots, type StateProof } from './state-proof.js';

/** An invented block whose state holds one head of one log among other accounts and slots. For tests and examples. */
export interface ExampleBlock {
  readonly contract: string;
  readonly logId: string;
  readonly root: string;
  readonly size: number;
  readonly number: number;
  /** Seconds since 1970. */
  readonly time: number;
}

const EMPTY_CODE = toHex(keccak_256(new Uint8Array(0)));
const word = (value: bigint): Uint8Array => {
  const hex = value.toString(16);
  return hexToBytes(value === 0n ? '' : hex.padStart(hex.length + (hex.length % 2), '0'));
};
const filler = (what: string): Uint8Array => sha256(utf8ToBytes(what));

/** The state proof of the block, and the block as `eth_getBlockByNumber` gives it. `others` fill the tries. */
export function exampleState(
  of: ExampleBlock,
  others = 20,
): { readonly proof: StateProof; readonly block: Record<string, unknown> } {
  const slots = headSlots(of.logId);
  const packed = BigInt(of.logId.slice(0, 42)) | (BigInt(of.size) << 160n) | (BigInt(of.time) << 224n);
  const storage = buildTrie([
    [hexToBytes(slots.root.slice(2)), encodeRlp(word(BigInt(of.root)))],
    [hexToBytes(slots.size.slice(2)), encodeRlp(word(packed))],
    ...Array.from({ length: others }, (_, i) => [filler(`slot ${i}`), encodeRlp(word(BigInt(i + 1)))] as const),
  ]);
  const account = (balance: number, storageRoot: Uint8Array, codeHash = EMPTY_CODE): Uint8Array =>
    encodeRlp([word(1n), word(BigInt(balance)), storageRoot, hexToBytes(codeHash.slice(2))]);
  const contract = hexToBytes(of.contract.slice(2));
  const state = buildTrie([
    [contract, account(0, storage.root)],
    ...Array.from(
      { length: others },
      (_, i) => [filler(`address ${i}`).slice(12), account(i, filler('none'))] as const,
    ),
  ]);
  const block = exampleBlock(of, state.root);
  return {
    block,
    proof: {
      header: encodeRlp(headerItems(block)),
      account: state.prove(contract),
      root: storage.prove(hexToBytes(slots.root.slice(2))),
      size: storage.prove(hexToBytes(slots.size.slice(2))),
    },
  };
}

function exampleBlock({ number, time }: ExampleBlock, stateRoot: Uint8Array): Record<string, unknown> {
  const members: Record<string, unknown> = {
    parentHash: toHex(filler('parent')),
    sha3Uncles: toHex(keccak_256(Uint8Array.of(0xc0))),
    miner: toHex(filler('miner').slice(12)),
    stateRoot: toHex(stateRoot),
    transactionsRoot: toHex(filler('transactions')),
    receiptsRoot: toHex(filler('receipts')),
    logsBloom: `0x${'00'.repeat(256)}`,
    difficulty: '0x0',
    number: `0x${number.toString(16)}`,
    gasLimit: '0x1c9c380',
    gasUsed: '0xd62b',
    timestamp: `0x${time.toString(16)}`,
    extraData: '0x',
    mixHash: toHex(filler('mix')),
    nonce: '0x0000000000000000',
    baseFeePerGas: '0x7',
    withdrawalsRoot: toHex(filler('withdrawals')),
    blobGasUsed: '0x0',
    excessBlobGas: '0x0',
    parentBeaconBlockRoot: toHex(filler('beacon')),
    requestsHash: toHex(filler('requests')),
  };
  return { ...members, hash: toHex(keccak_256(encodeRlp(headerItems(members)))), size: '0x300', transactions: [] };
}

const QUANTITIES = [
  'difficulty',
  'number',
  'gasLimit',
  'gasUsed',
  'timestamp',
  'baseFeePerGas',
  'blobGasUsed',
  'excessBlobGas',
];
const NOT_OF_THE_HEADER = ['hash', 'size', 'transactions'];

const headerItems = (block: Record<string, unknown>): Uint8Array[] =>
  Object.entries(block)
    .filter(([name]) => !NOT_OF_THE_HEADER.includes(name))
    .map(([name, value]) =>
      QUANTITIES.includes(name) ? word(BigInt(value as string)) : hexToBytes((value as string).slice(2)),
    );
