import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatReceipt } from '../../../../src/domain/receipt/receipt.js';
import { EXAMPLE_TRUST, exampleReceipt } from '../../../../src/domain/receipt/receipt.fixture.js';
import { ANCHORED_TOPIC } from '../../../../src/domain/receipt/rpc-chain.js';
import { runHere as run } from '../terminal.fixture.js';

const receipt = exampleReceipt();
const [anchor] = receipt.anchors as [(typeof receipt.anchors)[number]];

/** A JSON-RPC node that knows the example's transaction. */
async function aNode(finalized = '0x40'): Promise<{ url: string; server: Server }> {
  const size = `0x${anchor.size.toString(16).padStart(64, '0')}`;
  const logs = [{ address: anchor.contract, topics: [ANCHORED_TOPIC, anchor.logId, size], data: anchor.root }];
  const answer = (method: string, [which]: string[]): unknown => {
    if (method === 'eth_chainId') return '0x7a69';
    if (method === 'eth_getTransactionReceipt') {
      return { status: '0x1', blockNumber: '0x2a', blockHash: anchor.block.hash, logs };
    }
    const number = which === 'finalized' ? finalized : '0x2a';
    return { number, hash: anchor.block.hash, timestamp: '0x69a3c7dc' };
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { method, params } = JSON.parse(body) as { method: string; params: string[] };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answer(method, params) }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('halisi-verify', () => {
  let folder: string;
  let good: string;
  let trust: string;

  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halisi-verify-'));
    good = await file('receipt.json', formatReceipt(receipt));
    trust = await file('halisi.json', JSON.stringify(EXAMPLE_TRUST));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says what a good receipt proves and what was not asked, offline', async () => {
    const { status, output } = await run([good]);
    expect(status).toBe(0);
    expect(output).toContain('epcList/0                "https://id.gs1.org/01/09506000134352/21/A1"');
    expect(output).toContain('receipt.json shows:');
    expect(output).toContain('entry 3 of the log halisi.example/log');
    expect(output).toContain('block 42 of chain 31337');
    expect(output).toContain('the chain itself was not asked');
    expect(output).toContain('no --trust file was given');
  });

  it('leaves only the chain to believe when the log is known', async () => {
    const { status, output } = await run([good, '--trust', trust]);
    expect(status).toBe(0);
    expect(output).not.toContain('no --trust file was given');
    expect(output).toContain('the chain itself was not asked');
  });

  it('counts what was not asked as not proven when it is strict', async () => {
    expect((await run([good, '--trust', trust, '--strict'])).status).toBe(1);
  });

  it('asks the chain, and then nothing is left to believe', async () => {
    const { url, server } = await aNode();
    try {
      const { status, output } = await run([good, '--trust', trust, '--rpc', url, '--strict']);
      expect(output).toContain('receipt.json proves:');
      expect(output).toMatch(/\nProven\.\n$/);
      expect(status).toBe(0);
    } finally {
      server.close();
    }
  });

  it('names the link that a chain which is not final breaks', async () => {
    const { url, server } = await aNode('0x29');
    try {
      const { status, output } = await run([good, '--rpc', url]);
      expect(status).toBe(1);
      expect(output).toContain('NOT PROVEN: chain-final does not hold. Block 42 is not final yet');
    } finally {
      server.close();
    }
  });

  it('says that a node cannot be reached', async () => {
    const { url, server } = await aNode();
    await new Promise((closed) => server.close(closed));
    const { status, output } = await run([good, '--rpc', url]);
    expect(status).toBe(1);
    expect(output).toContain('NOT PROVEN: chain-event does not hold. The chain could not be asked');
  });

  it('names the broken link of a changed receipt', async () => {
    const changed = await file('changed.json', formatReceipt(receipt).replace('"007"', '"008"'));
    const { status, output } = await run([changed, '--trust', trust]);
    expect(status).toBe(1);
    expect(output).toContain('claims:');
    expect(output).toContain('NOT PROVEN: disclosures does not hold.');
  });

  it('refuses what is not a receipt with a code, in words and in JSON', async () => {
    const nonsense = await file('nonsense.json', '{"format":"halisi-receipt/v1"}');
    expect(await run([nonsense])).toMatchObject({
      status: 1,
      output: expect.stringContaining('RECEIPT_MALFORMED') as string,
    });
    const { status, output } = await run([nonsense, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(output)).toMatchObject([{ proven: false, error: { code: 'RECEIPT_MALFORMED' } }]);
  });

  it('prints a report that programs can read', async () => {
    const { output } = await run([good, '--json', '--trust', trust]);
    const checks = expect.arrayContaining([expect.objectContaining({ name: 'log-key', ok: true })]) as unknown;
    const event = { bizStep: 'commissioning', 'ilmd/lotNumber': '007' };
    expect(JSON.parse(output)).toMatchObject([
      { file: good, kind: 'receipt', proven: true, receipts: [{ proven: true, event, log: { index: 3 }, checks }] },
    ]);
  });

  it('does not let a receipt steer the terminal', async () => {
    const hostile = await file('hostile.json', formatReceipt(receipt).replace('"007"', '"\u009b31m\u202e"'));
    const { output } = await run([hostile]);
    expect(output).not.toMatch(/[\u009b\u202e]/);
    expect(output).toContain('\\u009b31m\\u202e');
  });

  it.each([
    ['no receipt', []],
    ['an unknown option', ['a', '--fast']],
    ['a node that is no URL', ['a', '--rpc', 'localhost']],
    ['a file that is not there', ['/nowhere/receipt.json']],
    ['a folder that is not there', ['/nowhere/']],
  ])('exits with 2 and its usage: %s', async (_what, args) => {
    expect(await run(args)).toMatchObject({
      status: 2,
      output: '',
      errors: expect.stringContaining('Usage:') as string,
    });
  });

  it('exits with 2 for a trust file that cannot be used', async () => {
    expect((await run([good, '--trust', good])).status).toBe(2);
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toMatchObject({ status: 0, output: expect.stringContaining('Usage:') as string });
  });
});
