import { checkReceipt } from '../../src/domain/receipt/check.js';
import { checkReceiptOnChain } from '../../src/domain/receipt/chain.js';
import { rpcChain } from '../../src/domain/receipt/rpc-chain.js';
import { parseReceipt } from '../../src/domain/receipt/receipt.js';
import { parseTrust } from '../../src/domain/receipt/trust.js';
import { decodeEntryBundle, leafHash, noteVerifier, openCheckpoint, treeRoot } from '../../src/domain/tlog/index.js';
import { rpc } from '../../src/platform/chain/rpc.js';
import { ReceiptsService } from '../../src/transparency/receipts/receipts.service.js';
import { appendEvents, packOf } from '../integration/transparency-events.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const url = (path: string): string => new URL(path, app.url).href;
const evidence = 'query ($position: Position!) { anchorOf(position: $position) { stage anchor { size blockNumber } } }';

describe('the log, from capture to a receipt that needs no server', () => {
  let position: number;
  beforeAll(async () => {
    position = await appendEvents(app.database, 3);
    await eventually('the event is final', async () => {
      const { data } = await app.graphql<{ anchorOf: { stage: string } }>(evidence, { position: position + 2 });
      return data?.anchorOf.stage === 'FINAL';
    });
  });

  it('publishes a checkpoint, tiles and entries that a stranger can check with the published key', async () => {
    const trust = (await (await fetch(url('/.well-known/halisi.json'))).json()) as {
      logs: [{ origin: string; keys: [string] }];
    };
    const [{ origin, keys }] = trust.logs;
    const answer = await fetch(url('/log/checkpoint'));
    const { checkpoint } = openCheckpoint(await answer.text(), origin, [noteVerifier(keys[0])]);
    const entries = await fetch(url(`/log/tile/entries/000.p/${checkpoint.size}`));
    expect(entries.headers.get('cache-control')).toContain('immutable');
    const leaves = decodeEntryBundle(new Uint8Array(await entries.arrayBuffer()), checkpoint.size).map((e) =>
      leafHash(e),
    );
    expect(treeRoot(leaves)).toEqual(checkpoint.root);
    const tile = await fetch(url(`/log/tile/0/000.p/${checkpoint.size}`));
    expect(Buffer.from(await tile.arrayBuffer())).toEqual(Buffer.concat(leaves));
    expect((await fetch(url('/log/tile/0/000'))).status).toBe(404);
    expect((await fetch(url('/log/tile/0/0'))).status).toBe(404);
    const again = await fetch(url('/log/checkpoint'), { headers: { 'if-none-match': answer.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('gives a receipt that holds against the chain and says nothing of the other pack', async () => {
    const { text } = await app.get(ReceiptsService).forEpc(position + 1, packOf(2 * (position + 1)), 'state');
    const trust = parseTrust(await (await fetch(url('/.well-known/halisi.json'))).text());
    const chain = rpcChain((method, parameters) => rpc(app.chainUrl, method, parameters));
    const report = await checkReceiptOnChain(parseReceipt(text), trust, chain);
    expect(report.checks.filter(({ ok }) => ok === false)).toEqual([]);
    expect(report.checks.filter(({ ok }) => ok === null).map(({ name }) => name)).toEqual(['witnesses', 'block-known']);
    expect(text).toContain('cbvmda:lotNumber');
    expect(text).not.toContain(packOf(2 * (position + 1) + 1));
    expect(text).not.toContain('urn:secret');
    expect(text).not.toContain('sha-256');
  });

  it('says that a receipt is checkpointed only while no chain has it for good', async () => {
    const next = await appendEvents(app.database, 1);
    const early = await eventually('a checkpoint', () => app.get(ReceiptsService).forEpc(next, packOf(2 * next)));
    const trust = parseTrust(await (await fetch(url('/.well-known/halisi.json'))).text());
    expect(checkReceipt(early.receipt, trust).checks.find(({ name }) => name === 'log-inclusion')?.ok).toBe(true);
    expect(early.receipt.anchors.length > 0).toBe(early.evidence === 'anchored');
  });

  it('gives strangers no receipt, and none for a pack that the event does not name', async () => {
    const path = `/log/receipt/${position}?epc=${encodeURIComponent(packOf(2 * position))}`;
    expect((await fetch(url(path))).status).toBe(401);
    await expect(app.get(ReceiptsService).forEpc(position, packOf(999))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(app.get(ReceiptsService).forEpc(77_777, packOf(0))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('shows the log, its checkpoint and its anchors, and sizes as metrics', async () => {
    const { data } = await app.graphql(
      '{ log { origin size integrated signed final checkpoint { size note } anchors(first: 1) { nodes { stage size transaction } } } }',
    );
    expect(data).toMatchObject({ log: { checkpoint: { size: expect.any(Number) as number } } });
    const metrics = await (await fetch(url('/metrics'))).text();
    expect(metrics).toMatch(/halisi_log_size\{stage="final"\} [1-9]/);
    expect(metrics).toMatch(/halisi_log_final_anchor_age_seconds \d/);
  });
});
