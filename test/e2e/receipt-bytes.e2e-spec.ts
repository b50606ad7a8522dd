import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ReceiptChecker } from '../../apps/verifier/src/chain-nodes.js';
import { shown } from '../../apps/verifier/src/check/json-report.js';
import { readEvidence } from '../../apps/verifier/src/evidence.js';
import { httpRpc } from '../../apps/verifier/src/rpc.js';
import { formatCompactReceipt } from '../../src/domain/receipt/compact/index.js';
import type { ChainReader } from '../../src/domain/receipt/chain.js';
import type { ReceiptReport } from '../../src/domain/receipt/check.js';
import { parseReceipt, type Receipt, type ReceiptAnchor } from '../../src/domain/receipt/receipt.js';
import { rpcChain } from '../../src/domain/receipt/rpc-chain.js';
import { parseTrust } from '../../src/domain/receipt/trust.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp } from '../support/start-app.js';

const execute = promisify(execFile);

const GTIN = '09521001000017';
const EPC = `https://id.gs1.org/01/${GTIN}/21/BYTES1`;
const CHANGES = 1000;
const SEED = 20261122;

let folder: string;
let text: string;
let trustText: string;
let chain: ChainReader;

/** One day of the life of a pack; the server is gone when this returns. */
async function receiptOfToday(): Promise<{ text: string; trust: string; chain: ChainReader }> {
  const app = await startApp({ demo: true });
  try {
    const maker = await tokenOf(app, 'operator@kilimani.example');
    const lot = { gtin: GTIN, number: 'BYTES', expiry: '2029-01-31', quantity: 12 };
    await app.ask(
      'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
      { input: lot },
      maker,
    );
    const serials = Array.from({ length: 12 }, (_, i) => `BYTES${i + 1}`);
    const input = {
      site: '9521001001014',
      gtin: GTIN,
      lot: 'BYTES',
      serials,
      eventTime: '2026-11-20T09:00:00.000+03:00',
    };
    const { commission } = await app.ask<{ commission: { event: { position: number } } }>(
      'mutation ($input: CommissionInput!) { commission(input: $input) { event { position } } }',
      { input },
      maker,
    );
    const { position } = commission.event;
    const query =
      'query ($position: Position!, $epc: String!) { receipt(position: $position, epc: $epc) { stage file } }';
    const file = await eventually('a receipt that a final block stands behind', async () => {
      const { data } = await app.graphql<{ receipt: { stage: string; file: string } }>(
        query,
        { position, epc: EPC },
        maker,
      );
      return data?.receipt.stage === 'FINAL' && data.receipt.file;
    });
    const trust = await (await app.rest('/.well-known/halisi.json')).text();
    return { text: file, trust, chain: await recorded(app.chainUrl, parseReceipt(file)) };
  } finally {
    await app.close();
  }
}

/** The generator mulberry32: the same changes on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A chain as it answered while there was one. Of anything else it knows nothing. */
async function recorded(url: string, { anchors }: Receipt): Promise<ChainReader> {
  const live = rpcChain(httpRpc(url));
  const [{ transaction, block, contract }] = anchors as [ReceiptAnchor];
  const [chainId, finalized, at, events, code] = await Promise.all([
    live.chainId(),
    live.finalizedBlock(),
    live.block(block.number),
    live.anchored(transaction),
    live.codeHash(contract),
  ]);
  return {
    chainId: () => Promise.resolve(chainId),
    finalizedBlock: () => Promise.resolve(finalized),
    block: (number) => Promise.resolve(number === block.number ? at : undefined),
    anchored: (hash) => Promise.resolve(hash === transaction ? events : []),
    codeHash: (address) => Promise.resolve(address === contract ? code : ''),
  };
}

/** What `halisi-verify` says of bytes: why it refuses them, or all that it reports. */
async function said(bytes: Uint8Array, checker: ReceiptChecker): Promise<{ refused: string } | { report: string }> {
  try {
    const evidence = readEvidence(bytes);
    const [{ holds, checks }] = (await checker.check(evidence)) as [ReceiptReport];
    const broken = checks.filter(({ ok }) => ok === false);
    if (!holds) return { refused: broken.map(({ name }) => name).join('+') };
    return { report: JSON.stringify(shown({ receipt: evidence.receipts[0]!, checks, proven: true })) };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return { refused: code };
  }
}

/** So many random changes of one byte, and what is said of each. */
async function* changes(bytes: Uint8Array, checker: ReceiptChecker) {
  const random = seeded(SEED);
  for (let i = 0; i < CHANGES; i++) {
    const at = random(bytes.length);
    const changed = bytes.slice();
    changed[at] = (changed[at]! + 1 + random(255)) % 256;
    yield { at, changed, ...(await said(changed, checker)) };
  }
}

describe('a receipt made today', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halisi-bytes-'));
    ({ text, trust: trustText, chain } = await receiptOfToday());
    await writeFile(join(folder, 'receipt.json'), text);
    await writeFile(join(folder, 'receipt.hreceipt'), formatCompactReceipt(parseReceipt(text)));
    await writeFile(join(folder, 'halisi.json'), trustText);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const bytesOf = (form: string): Uint8Array =>
    form === 'JSON' ? new TextEncoder().encode(text) : formatCompactReceipt(parseReceipt(text));
  const reportOf = async (bytes: Uint8Array, checker: ReceiptChecker): Promise<string> => {
    const good = await said(bytes, checker);
    if ('refused' in good) throw new Error(`The receipt itself is refused: ${good.refused}`);
    return good.report;
  };

  it.each(['JSON', 'compact'])(
    'is refused after each of 1,000 changes of one byte, the broken link named, or says just what it said: %s',
    async (form) => {
      const bytes = bytesOf(form);
      const checker = await ReceiptChecker.with(parseTrust(trustText), [{ name: 'the chain', reader: chain }]);
      const report = await reportOf(bytes, checker);
      const links = new Map<string, number>();
      for await (const change of changes(bytes, checker)) {
        const outcome = 'refused' in change ? change.refused : 'the same report';
        if ('report' in change && change.report !== report) throw new Error(`Byte ${change.at} was accepted.`);
        links.set(outcome, (links.get(outcome) ?? 0) + 1);
      }
      expect(links.get('the same report') ?? 0).toBeLessThan(CHANGES / 10);
      for (const link of ['RECEIPT_MALFORMED', 'disclosures']) expect(links.get(link)).toBeGreaterThan(10);
    },
  );

  it('is believed without the chain only in what is proven then; the rest is named as left to believe', async () => {
    const bytes = bytesOf('JSON');
    const checker = await ReceiptChecker.with(parseTrust(trustText), []);
    const without = (report: string): object => {
      const { anchors, leftToBelieve, ...proven } = JSON.parse(report) as {
        anchors: object[];
        leftToBelieve: string[];
      };
      expect(leftToBelieve.join()).toMatch(/the chain/);
      return { ...proven, anchors: anchors.map((anchor) => ({ ...anchor, block: 'left to believe' })) };
    };
    const proven = without(await reportOf(bytes, checker));
    for await (const change of changes(bytes, checker)) {
      if ('report' in change) expect(without(change.report)).toEqual(proven);
    }
  });

  it('is checked without server and network, by a process that can reach neither', async () => {
    const preload = join(folder, 'no-network.mjs');
    await writeFile(preload, NO_NETWORK);
    const command = join(process.cwd(), 'apps/verifier/bin/halisi-verify.js');
    const args = ['--import', preload, command, folder, '--trust', join(folder, 'halisi.json'), '--json'];
    const { stdout } = await execute(process.execPath, args);
    const reports = JSON.parse(stdout) as {
      proven: boolean;
      kind: string;
      receipts: { checks: { ok: unknown }[] }[];
    }[];
    expect(reports.map(({ kind, proven }) => [kind, proven])).toEqual([
      ['compact', true],
      ['receipt', true],
    ]);
    expect(reports[0]!.receipts[0]!.checks.filter(({ ok }) => ok === true).length).toBeGreaterThan(5);
  });

  it('would have failed there, had it asked anything of a network', async () => {
    const preload = join(folder, 'no-network.mjs');
    const command = join(process.cwd(), 'apps/verifier/bin/halisi-verify.js');
    const asking = [join(folder, 'receipt.json'), '--rpc', 'http://127.0.0.1:1'];
    await expect(execute(process.execPath, ['--import', preload, command, ...asking])).rejects.toMatchObject({
      stdout: expect.stringContaining('no network here') as string,
    });
  });
});

const NO_NETWORK = `
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
const refuse = () => { throw new Error('no network here'); };
globalThis.fetch = refuse;
net.Socket.prototype.connect = refuse;
dgram.Socket.prototype.send = refuse;
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) dns[name] = refuse;
`;
