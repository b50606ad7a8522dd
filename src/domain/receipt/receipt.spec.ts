import fc from 'fast-check';
import { DomainError } from '../errors.js';
import { type AnchoredEvent, type ChainReader, checkReceiptOnChain } from './chain.js';
import { type CheckName, checkReceipt, type ReceiptReport } from './check.js';
import { ReceiptError } from './errors.js';
import { formatReceipt, parseReceipt, readReceipt, type Receipt, type ReceiptAnchor } from './receipt.js';
import {
  EXAMPLE_KEY,
  EXAMPLE_ORIGIN,
  EXAMPLE_TRUST,
  exampleChain,
  exampleReceipt,
  exampleStateOf,
  provenReceipt,
} from './receipt.fixture.js';
import { parseTrust, readTrust } from './trust.js';

const receipt = exampleReceipt();
const text = formatReceipt(receipt);
const trust = readTrust(EXAMPLE_TRUST);
const broken = ({ checks }: ReceiptReport): CheckName[] =>
  checks.filter(({ ok }) => ok === false).map(({ name }) => name);
const withAnchor = (change: Partial<ReceiptAnchor>, of = receipt): Receipt => ({
  ...of,
  anchors: [{ ...of.anchors[0]!, ...change }],
});
/** A change of the JSON of the receipt file. */
const changed = (change: (json: Writable) => void): Receipt => {
  const json = JSON.parse(text) as Writable;
  change(json);
  return readReceipt(json);
};
interface Writable {
  event: {
    commitment: string;
    shape: string;
    disclosures: [string, string, unknown][];
    proof: string[];
  };
  log: { origin: string; index: number; proof: string[]; checkpoint: string };
  anchors: object[];
}
const turn = (base64: string): string => (base64.startsWith('A') ? 'B' : 'A') + base64.slice(1);

describe('a good receipt', () => {
  it('is read back as it was written', () => {
    expect(formatReceipt(parseReceipt(text))).toBe(text);
  });

  it('holds in every link that needs no network', () => {
    const report = checkReceipt(receipt, trust);
    expect(report.holds).toBe(true);
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['disclosures', true],
      ['log-inclusion', true],
      ['checkpoint', true],
      ['log-key', true],
      ['witnesses', null],
      ['anchor', true],
      ['anchor-contract', true],
      ['anchor-state', null],
      ['block-known', null],
    ]);
  });

  it('says what was not asked when nothing is trusted beforehand', () => {
    const report = checkReceipt(receipt);
    expect(report.holds).toBe(true);
    expect(report.checks.filter(({ ok }) => ok === null).map(({ name }) => name)).toEqual([
      'log-key',
      'witnesses',
      'anchor-contract',
      'anchor-state',
      'block-known',
    ]);
  });

  it('holds with any checkpoint that the anchored tree extends', () => {
    for (let size = 4; size < 12; size++) {
      for (let anchored = size; anchored < 20; anchored++) {
        const other = parseReceipt(formatReceipt(exampleReceipt(size, anchored)));
        expect(broken(checkReceipt(other, trust))).toEqual([]);
      }
    }
  });

  it('holds against the chain', async () => {
    const report = await checkReceiptOnChain(receipt, trust, exampleChain(receipt));
    expect(report.checks.filter(({ ok }) => ok !== true).map(({ name }) => name)).toEqual([
      'witnesses',
      'anchor-state',
      'block-known',
      'chain-code',
    ]);
    expect(report.holds).toBe(true);
  });
});

describe('a receipt with a broken link', () => {
  const cases: [string, CheckName, (json: Writable) => void][] = [
    ['a value', 'disclosures', ({ event }) => (event.disclosures[2]![2] = 'shipping')],
    ['a name', 'disclosures', ({ event }) => (event.disclosures[2]![1] = 'disposition')],
    ['a salt', 'disclosures', ({ event }) => (event.disclosures[2]![0] = turn(event.disclosures[2]![0]))],
    ['a disclosure left out', 'disclosures', ({ event }) => event.disclosures.pop()],
    ['the place of a disclosure', 'disclosures', ({ event }) => (event.shape = event.shape.replace('hd', 'dh'))],
    ['a hash of the event', 'disclosures', ({ event }) => (event.proof[1] = turn(event.proof[1]!))],
    ['another tree', 'disclosures', ({ event }) => (event.shape = `n${event.shape}h`)],
    ['the commitment', 'log-inclusion', ({ event }) => (event.commitment = turn(event.commitment))],
    ['the log index', 'log-inclusion', ({ log }) => log.index--],
    ['an index beyond the log', 'log-inclusion', ({ log }) => (log.index = 2 ** 40)],
    ['a hash of the log', 'log-inclusion', ({ log }) => (log.proof[0] = turn(log.proof[0]!))],
    ['a hash too few', 'log-inclusion', ({ log }) => log.proof.pop()],
    ['the origin', 'checkpoint', ({ log }) => (log.origin += 's')],
    ['no checkpoint', 'checkpoint', ({ log }) => (log.checkpoint = 'halisi')],
    ['the size signed', 'log-key', ({ log }) => (log.checkpoint = log.checkpoint.replace('\n7\n', '\n8\n'))],
    ['the signature', 'log-key', ({ log }) => (log.checkpoint = log.checkpoint.replace(/.{6}\n$/, 'AAAA=\n'))],
    ['no anchor', 'anchor', (json) => (json.anchors = [])],
  ];

  it.each(cases)('names it: %s', (_what, link, change) => {
    expect(broken(checkReceipt(changed(change), trust))).toContain(link);
  });

  it('names an anchor of another tree, a smaller tree, and a contract that is not trusted', () => {
    const root = `0x${'0'.repeat(64)}`;
    expect(broken(checkReceipt(withAnchor({ root }), trust))).toEqual(['anchor']);
    expect(broken(checkReceipt(withAnchor({ size: 6 }), trust))).toEqual(['anchor']);
    expect(broken(checkReceipt(withAnchor({ consistency: [] }, exampleReceipt(5, 9)), trust))).toEqual(['anchor']);
    expect(broken(checkReceipt(withAnchor({ chainId: 1 }), trust))).toEqual(['anchor-contract']);
    expect(broken(checkReceipt(withAnchor({ logId: root }), trust))).toEqual(['anchor-contract']);
  });

  it('names a signer that is not trusted', () => {
    const stranger = readTrust({ logs: [{ ...EXAMPLE_TRUST.logs[0], keys: [] }] });
    expect(broken(checkReceipt(receipt, stranger))).toEqual(['log-key']);
    expect(broken(checkReceipt(receipt, { logs: [] }))).toEqual(['log-key', 'anchor-contract']);
  });

  it('lets an unknown second chain be, and says so', () => {
    const second = { ...receipt.anchors[0]!, chainId: 10 };
    const report = checkReceipt({ ...receipt, anchors: [...receipt.anchors, second] }, trust);
    expect(report.holds).toBe(true);
    expect(report.checks.findLast(({ name }) => name === 'anchor-contract')).toMatchObject({
      name: 'anchor-contract',
      ok: null,
      anchor: 1,
    });
  });

  it('lets an unknown contract prove nothing in the place of the trusted one', async () => {
    const contract = `0x${'66'.repeat(20)}`;
    const second = { ...receipt.anchors[0]!, chainId: 10, contract };
    const forged: Receipt = { ...receipt, anchors: [...receipt.anchors, second] };
    const chain: ChainReader = { ...exampleChain({ ...receipt, anchors: [second] }) };
    expect(broken(await checkReceiptOnChain(forged, trust, chain))).toEqual(['chain-event']);

    const proven = provenReceipt();
    const { root, size } = proven.anchors[0]!;
    const { state, block } = exampleStateOf({ root, size }, 2, contract);
    const blocks = [{ chainId: second.chainId, number: block.number, hash: block.hash }];
    const knowing = readTrust({ logs: [{ ...EXAMPLE_TRUST.logs[0], blocks }] });
    const { checks } = checkReceipt(
      { ...receipt, anchors: [receipt.anchors[0]!, { ...second, state, block }] },
      knowing,
    );
    expect(checks.filter(({ anchor, ok }) => anchor === 1 && ok !== null)).toEqual([]);
    expect(broken(checkReceipt({ ...receipt, anchors: [receipt.anchors[0]!, { ...second, size: 6 }] }, trust))).toEqual(
      ['anchor'],
    );
  });
});

describe('a chain that does not agree', () => {
  const chain = exampleChain(receipt);
  const ask = (change: Partial<ChainReader>): Promise<ReceiptReport> =>
    checkReceiptOnChain(receipt, trust, { ...chain, ...change });
  const event = async (): Promise<AnchoredEvent> => (await chain.anchored(receipt.anchors[0]!.transaction))[0]!;

  it('is named: another chain, no transaction, another log, block, root', async () => {
    expect(broken(await ask({ chainId: () => Promise.resolve(1) }))).toEqual(['chain-event']);
    expect(broken(await ask({ anchored: () => Promise.resolve([]) }))).toEqual(['chain-event']);
    for (const change of [
      { logId: '0x' },
      { size: 8 },
      { root: '0x' },
      { contract: '0x' },
      { blockNumber: 41 },
      { blockHash: '0x' },
    ]) {
      const other: AnchoredEvent = { ...(await event()), ...change };
      expect(broken(await ask({ anchored: () => Promise.resolve([other]) }))).toEqual(['chain-event']);
    }
  });

  it('is named: a block that is not final, not canonical, or of another time', async () => {
    expect(broken(await ask({ finalizedBlock: () => Promise.resolve(41) }))).toEqual(['chain-final']);
    expect(broken(await ask({ block: () => Promise.resolve(undefined) }))).toEqual(['chain-final']);
    expect(broken(await ask({ block: () => Promise.resolve({ hash: '0x', time: 0 }) }))).toEqual(['chain-final']);
    const { hash } = receipt.anchors[0]!.block;
    expect(broken(await ask({ block: () => Promise.resolve({ hash, time: 1 }) }))).toEqual(['chain-final']);
  });

  it('is named: another code than the trusted one', async () => {
    const [log] = EXAMPLE_TRUST.logs;
    const strict = readTrust({
      logs: [{ ...log, anchors: [{ ...log!.anchors[0], codeHash: `0x${'AB'.repeat(32)}` }] }],
    });
    expect(broken(await checkReceiptOnChain(receipt, strict, chain))).toEqual(['chain-code']);
  });

  it('is named when it cannot be reached', async () => {
    const silent = (): Promise<never> => Promise.reject(new ReceiptError('CHAIN_UNREACHABLE', 'No answer.'));
    expect(broken(await ask({ finalizedBlock: silent }))).toEqual(['chain-event']);
  });
});

describe('a hostile receipt', () => {
  /** What a report says is proven: everything but the shape of the proofs and what only the chain can say. */
  const claims = ({ event, log, anchors }: Receipt): unknown => [
    event.disclosures,
    event.commitment,
    log.index,
    log.origin,
    anchors.map(({ chainId, contract, logId, size, root }) => [chainId, contract, logId, size, root]),
  ];

  it('is refused, or says the same, whatever single character of it is changed', async () => {
    const chain = exampleChain(receipt);
    let meaningless = 0;
    for (let at = 0; at < text.length - 1; at++) {
      const code = text.charCodeAt(at);
      const hostile = text.slice(0, at) + String.fromCharCode(code ^ (1 << (at % 7))) + text.slice(at + 1);
      try {
        const other = parseReceipt(hostile);
        if ((await checkReceiptOnChain(other, trust, chain)).holds) {
          expect(claims(other)).toEqual(claims(receipt));
          meaningless++;
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ReceiptError);
      }
    }
    expect(meaningless).toBeLessThan(text.length / 20);
  });

  it('never ends in anything but a coded error, whatever JSON it is', () => {
    const pieces = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e308, 2 ** 53, '', 'x', [], {}, null, [[]]));
    const paths = fc.constantFrom(...pathsOf(JSON.parse(text)));
    fc.assert(
      fc.property(paths, pieces, (path, piece) => {
        const json = replaced(JSON.parse(text), path, piece);
        try {
          checkReceipt(readReceipt(json), trust);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with its version, an unknown member, a member twice, and no JSON', () => {
    const code = (of: string): unknown => {
      try {
        return parseReceipt(of);
      } catch (error) {
        return (error as ReceiptError).code;
      }
    };
    expect(code(text.replace('/v1', '/v2'))).toBe('RECEIPT_VERSION');
    expect(code(text.replace('"event":', '"extra":1,"event":'))).toBe('RECEIPT_MALFORMED');
    expect(code(text.replace('"index":3', '"index":4,"index":3'))).toBe('RECEIPT_MALFORMED');
    expect(code(text.slice(0, -9))).toBe('RECEIPT_MALFORMED');
    expect(code('null')).toBe('RECEIPT_MALFORMED');
    expect(code('')).toBe('RECEIPT_MALFORMED');
    expect(code(text.replace('2027-12-31', '\\ud800'))).toBe('RECEIPT_MALFORMED');
  });
});

describe('a trust file', () => {
  it('may hold more than a verifier needs', () => {
    const more = { issuer: 'x', logs: [{ ...EXAMPLE_TRUST.logs[0], name: 'y' }] };
    expect(parseTrust(JSON.stringify(more)).logs[0]!.origin).toBe(EXAMPLE_ORIGIN);
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"logs":[{}]}',
    `{"logs":[{"origin":"a","keys":["${EXAMPLE_KEY.slice(0, -2)}"]}]}`,
    '{"logs":[{"origin":"a","keys":[],"anchors":[{"chainId":1,"contract":"0x1","logId":"0x"}]}]}',
  ])('is refused: %s', (hostile) => {
    expect(() => parseTrust(hostile)).toThrow(expect.objectContaining({ code: 'TRUST_MALFORMED' }));
  });
});

type Path = readonly string[];

function pathsOf(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path];
  return [path, ...Object.entries(json).flatMap(([name, value]) => pathsOf(value, [...path, name]))];
}

function replaced(json: unknown, [name, ...rest]: Path, piece: unknown): unknown {
  if (name === undefined) return piece;
  const members = json as Record<string, unknown>;
  members[name] = replaced(members[name], rest, piece);
  return json;
}
