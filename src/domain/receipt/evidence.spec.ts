import { mlDsaCosigner, signCheckpoint } from '../tlog/index.js';
import { type ChainReader, checkReceiptOnChain } from './chain.js';
import { type Check, type CheckName, checkReceipt, type ReceiptReport } from './check.js';
import { ReceiptError } from './errors.js';
import { toHex } from './hostile-value.js';
import { formatReceipt, parseReceipt, type Receipt, type ReceiptAnchor } from './receipt.js';
import {
  EXAMPLE_ORIGIN,
  EXAMPLE_TRUST,
  exampleChain,
  exampleReceipt,
  PROVEN_TRUST,
  provenReceipt,
} from './receipt.fixture.js';
import { openStateProof } from './state-proof.js';
import { readTrust } from './trust.js';
import { formatVerifierKey, parseCheckpoint, parseNote } from '../tlog/index.js';

const receipt = provenReceipt();
const trust = readTrust(PROVEN_TRUST);
const broken = ({ checks }: ReceiptReport): CheckName[] =>
  checks.filter(({ ok }) => ok === false).map(({ name }) => name);
const link = ({ checks }: ReceiptReport, name: CheckName): Check | undefined =>
  checks.find((check) => check.name === name);
const withAnchor = (change: Partial<ReceiptAnchor>, of = receipt): Receipt => ({
  ...of,
  anchors: [{ ...of.anchors[0]!, ...change }],
});
const trusting = (change: object) => readTrust({ logs: [{ ...PROVEN_TRUST.logs[0], ...change }] });
const { block, state } = receipt.anchors[0]!;

describe('a receipt with cosignatures and a state proof', () => {
  it('is read back as it was written', () => {
    const text = formatReceipt(receipt);
    expect(parseReceipt(text)).toEqual(receipt);
    expect(formatReceipt(parseReceipt(text))).toBe(text);
  });

  it('holds in every link without any network, down to a block that the reader knows', () => {
    expect(checkReceipt(receipt, trust).checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['disclosures', true],
      ['log-inclusion', true],
      ['checkpoint', true],
      ['log-key', true],
      ['witnesses', true],
      ['anchor', true],
      ['anchor-contract', true],
      ['anchor-state', true],
      ['block-known', true],
    ]);
  });

  it('says which hash is left to believe where the reader names no block', () => {
    const report = checkReceipt(receipt, trusting({ blocks: [] }));
    expect(link(report, 'block-known')).toMatchObject({ ok: null });
    expect(link(report, 'block-known')!.detail).toContain(`block 42 of chain 31337 has the hash ${block.hash}`);
  });

  it('names a block that the reader knows by another hash, with and without a state proof', () => {
    const blocks = [{ chainId: 31337, number: 42, hash: `0x${'AB'.repeat(32)}` }];
    expect(broken(checkReceipt(receipt, trusting({ blocks })))).toEqual(['block-known']);
    const bare: ReceiptAnchor = { ...exampleReceipt().anchors[0]!, block };
    expect(broken(checkReceipt({ ...receipt, anchors: [bare] }, trusting({ blocks })))).toEqual(['block-known']);
    expect(link(checkReceipt({ ...receipt, anchors: [bare] }, trust), 'block-known')?.ok).toBeNull();
  });

  it.each<[string, Partial<ReceiptAnchor>]>([
    ['hash', { block: { ...block, hash: `0x${'00'.repeat(32)}` } }],
    ['number', { block: { ...block, number: 43 } }],
    ['time', { block: { ...block, time: '2026-03-01T05:00:13Z' } }],
    ['proof', { state: { ...state!, size: state!.root } }],
  ])('names a state proof that does not fit the %s', (_what, change) => {
    expect(broken(checkReceipt(withAnchor(change), trusting({ blocks: [] })))).toEqual(['anchor-state']);
  });

  it('names a state proof of another root or size', () => {
    const other = provenReceipt(7, 9).anchors[0]!;
    expect(broken(checkReceipt(withAnchor({ state: other.state! }), trust))).toEqual(['anchor-state']);
    expect(broken(checkReceipt(withAnchor({ size: 8 }), trust))).toContain('anchor-state');
  });

  it('proves the code of the contract too, where a hash of it is trusted', () => {
    const { contract, logId } = receipt.anchors[0]!;
    const [anchor] = EXAMPLE_TRUST.logs[0]!.anchors;
    const { codeHash } = openStateProof(state!, contract, logId);
    const good = checkReceipt(receipt, trusting({ anchors: [{ ...anchor, codeHash }] }));
    expect(link(good, 'chain-code')).toMatchObject({ ok: true, anchor: 0 });
    const bad = checkReceipt(receipt, trusting({ anchors: [{ ...anchor, codeHash: toHex(new Uint8Array(32)) }] }));
    expect(broken(bad)).toEqual(['chain-code']);
  });
});

describe('witnesses', () => {
  const { checkpoint } = receipt.log;
  const lines = checkpoint.trimEnd().split('\n');
  const note = (change: (line: string, i: number) => string[]): Receipt => ({
    ...receipt,
    log: { ...receipt.log, checkpoint: `${lines.flatMap(change).join('\n')}\n` },
  });

  it('are named with the quorum that they meet', () => {
    expect(link(checkReceipt(receipt, trust), 'witnesses')?.detail).toBe(
      'Cosigned by nairobi, arusha: the quorum both is met.',
    );
  });

  it('break the receipt when too few cosigned, none, or one wrongly', () => {
    expect(
      broken(
        checkReceipt(
          note((line, i) => (i === 5 ? [] : [line])),
          trust,
        ),
      ),
    ).toEqual(['witnesses']);
    expect(
      broken(
        checkReceipt(
          note((line, i) => (i >= 5 ? [] : [line])),
          trust,
        ),
      ),
    ).toEqual(['witnesses']);
    const wrong = note((line, i) => [i === 5 ? line.replace(/.{6}$/, 'AAAA==') : line]);
    expect(broken(checkReceipt(wrong, trust))).toEqual(['witnesses']);
  });

  it('are not asked for without a policy', () => {
    expect(link(checkReceipt(exampleReceipt(), readTrust(EXAMPLE_TRUST)), 'witnesses')?.ok).toBeNull();
  });

  it('are no log key: a checkpoint without the log’s own signature is broken', () => {
    expect(
      broken(
        checkReceipt(
          note((line, i) => (i === 4 ? [] : [line])),
          trust,
        ),
      ),
    ).toEqual(['log-key']);
  });
});

describe('a trust file', () => {
  it('may name a log key of any type of c2sp.org/signed-note that is known', () => {
    const signer = mlDsaCosigner(EXAMPLE_ORIGIN, new Uint8Array(32).fill(3), () => 0);
    const head = parseCheckpoint(parseNote(receipt.log.checkpoint).text);
    const checkpoint = signCheckpoint(head, [signer]);
    const signed = { ...receipt, log: { ...receipt.log, checkpoint } };
    const keys = [formatVerifierKey(signer.key)];
    expect(link(checkReceipt(signed, trusting({ keys })), 'log-key')?.ok).toBe(true);
    expect(link(checkReceipt(signed, trust), 'log-key')?.ok).toBe(false);
  });

  it.each<[string, object]>([
    ['a policy that is none', { policy: 'quorum x\n' }],
    ['a block without a hash', { blocks: [{ chainId: 1, number: 2 }] }],
    ['blocks that are no list', { blocks: {} }],
  ])('is refused with %s', (_what, change) => {
    expect(() => trusting(change)).toThrow(expect.objectContaining({ code: 'TRUST_MALFORMED' }));
  });
});

describe('a chain that is asked about a receipt with a state proof', () => {
  const chain = exampleChain(receipt);
  const ask = (change: Partial<ChainReader>) => checkReceiptOnChain(receipt, trust, { ...chain, ...change });
  const silent = (): Promise<never> => Promise.reject(new ReceiptError('CHAIN_UNREACHABLE', 'No answer.'));

  it('needs to know nothing but the block', async () => {
    for (const anchored of [silent, () => Promise.resolve([])]) {
      const report = await ask({ anchored });
      expect(broken(report)).toEqual([]);
      expect(link(report, 'chain-event')?.ok).toBeNull();
      expect(link(report, 'chain-final')?.ok).toBe(true);
    }
  });

  it('is named when its transaction or its block is another', async () => {
    const [event] = await chain.anchored(receipt.anchors[0]!.transaction);
    const other = { ...event!, root: `0x${'00'.repeat(32)}` };
    expect(broken(await ask({ anchored: () => Promise.resolve([other]) }))).toEqual(['chain-event']);
    expect(broken(await ask({ block: () => Promise.resolve(undefined) }))).toEqual(['chain-final']);
  });
});
