import fc from 'fast-check';
import { readHeader } from '../evm/header.js';
import { ReceiptError } from './errors.js';
import { headerFromRpc, headSlots, openStateProof, type StateProof, stateProofFromRpc } from './state-proof.js';
import { exampleState } from './state-proof.fixture.js';
import { toHex } from './hostile-value.js';

const contract = '0x5fbdb2315678afecb367f032d93f642f64180aa3';
const logId = `0x${'f3'.repeat(20)}${'01'.repeat(12)}`;
const root = `0x${'5a'.repeat(32)}`;
const of = { contract, logId, root, size: 12_345_678, number: 21_000_000, time: 1_772_341_212 };
const { proof, block } = exampleState(of);
const refusal = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof ReceiptError ? error.code : error;
  }
};
const open = (change: Partial<StateProof>): unknown =>
  refusal(() => openStateProof({ ...proof, ...change }, contract, logId));

describe('a state proof', () => {
  it('leads from the block to the head of the log', () => {
    expect(openStateProof(proof, contract, logId)).toEqual({
      blockHash: block.hash,
      blockNumber: of.number,
      blockTime: of.time,
      codeHash: '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
      head: { root, size: of.size, publisher: logId.slice(0, 42), anchoredAt: of.time },
    });
  });

  it('holds in tries of any size', () => {
    for (const others of [0, 1, 2, 60]) {
      expect(openStateProof(exampleState(of, others).proof, contract, logId).head.root).toBe(root);
    }
  });

  it('says nothing of another contract or another log', () => {
    const other = `0x${'f4'.repeat(32)}`;
    expect(refusal(() => openStateProof(proof, other.slice(0, 42), logId))).toBe('STATE_PROOF_INVALID');
    expect(refusal(() => openStateProof(proof, contract, other))).toBe('STATE_PROOF_INVALID');
  });

  it('is refused with its slots exchanged, with a node less, and empty', () => {
    expect(open({ root: proof.size })).toBe('STATE_PROOF_INVALID');
    expect(open({ account: proof.account.slice(1) })).toBe('STATE_PROOF_INVALID');
    expect(open({ account: [], root: [], size: [] })).toBe('STATE_PROOF_INVALID');
    expect(open({ header: new Uint8Array(0) })).toBe('STATE_PROOF_INVALID');
  });

  it('is refused, or is of another block, whatever single byte of it is changed', () => {
    const parts = (of: StateProof): Uint8Array[] => [of.header, ...of.account, ...of.root, ...of.size];
    for (const [which, part] of parts(proof).entries()) {
      for (let at = 0; at < part.length; at++) {
        const hostile = structuredClone(proof);
        parts(hostile)[which]![at]! ^= 1 << (at % 8);
        const answer = refusal(() => openStateProof(hostile, contract, logId));
        if (which > 0) expect(answer).toBe('STATE_PROOF_INVALID');
        else if (answer !== 'STATE_PROOF_INVALID') expect(answer).not.toMatchObject({ blockHash: block.hash });
      }
    }
  });

  it('never ends in anything but a coded error, whatever its bytes are', () => {
    const nodes = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 });
    const hostile = fc.record({ header: fc.uint8Array({ maxLength: 600 }), account: nodes, root: nodes, size: nodes });
    fc.assert(
      fc.property(hostile, fc.boolean(), (parts, keepHeader) => {
        const answer = refusal(() =>
          openStateProof(keepHeader ? { ...parts, header: proof.header } : parts, contract, logId),
        );
        expect(answer).toBe('STATE_PROOF_INVALID');
      }),
    );
  });
});

describe('a block of JSON-RPC', () => {
  it('gives the header whose hash it names', () => {
    expect(toHex(headerFromRpc(block))).toBe(toHex(proof.header));
  });

  it('gives the header of the first block of Ethereum', () => {
    const empty = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';
    const zeros = (bytes: number): string => `0x${'00'.repeat(bytes)}`;
    const genesis = {
      hash: '0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3',
      parentHash: zeros(32),
      sha3Uncles: '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
      miner: zeros(20),
      stateRoot: '0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544',
      transactionsRoot: empty,
      receiptsRoot: empty,
      logsBloom: zeros(256),
      difficulty: '0x400000000',
      number: '0x0',
      gasLimit: '0x1388',
      gasUsed: '0x0',
      timestamp: '0x0',
      extraData: '0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa',
      mixHash: zeros(32),
      nonce: '0x0000000000000042',
    };
    expect(readHeader(headerFromRpc(genesis))).toMatchObject({ number: 0, time: 0 });
  });

  it('may hold members that are not of this header', () => {
    expect(toHex(headerFromRpc({ ...block, blockAccessListHash: null, l1BlockNumber: '0x1' }))).toBe(
      toHex(proof.header),
    );
    expect(toHex(headerFromRpc({ ...block, blockAccessListHash: root }))).toBe(toHex(proof.header));
  });

  it('is refused if any member of the header is another', () => {
    for (const name of Object.keys(block).filter((member) => !['size', 'transactions'].includes(member))) {
      const value = block[name] as string;
      const turned = value === '0x' ? '0x00' : value.slice(0, -1) + (value.endsWith('1') ? '2' : '1');
      expect(refusal(() => headerFromRpc({ ...block, [name]: turned }))).toBe('CHAIN_ANSWER_MALFORMED');
      expect(refusal(() => headerFromRpc({ ...block, [name]: undefined }))).toBe('CHAIN_ANSWER_MALFORMED');
    }
  });

  it('is refused with its code, whatever else it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(block)), (nonsense, name) => {
        expect(refusal(() => headerFromRpc(nonsense))).toBe('CHAIN_ANSWER_MALFORMED');
        expect(refusal(() => stateProofFromRpc(proof.header, nonsense))).toBe('CHAIN_ANSWER_MALFORMED');
        const answer = refusal(() => headerFromRpc({ ...block, [name]: nonsense }));
        if (!(answer instanceof Uint8Array)) expect(answer).toBe('CHAIN_ANSWER_MALFORMED');
      }),
    );
  });

  it('comes with a proof of two slots', () => {
    const hex = (nodes: readonly Uint8Array[]): string[] => nodes.map(toHex);
    const slot = (nodes: readonly Uint8Array[]): object => ({ key: '0x', value: '0x', proof: hex(nodes) });
    const answer = { accountProof: hex(proof.account), storageProof: [slot(proof.root), slot(proof.size)] };
    expect(stateProofFromRpc(proof.header, answer)).toEqual(proof);
  });
});

describe('the slots of a head', () => {
  it('follow each other', () => {
    const slots = headSlots(logId);
    expect(BigInt(slots.size) - BigInt(slots.root)).toBe(1n);
  });
});
