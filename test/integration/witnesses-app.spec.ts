import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReceipt } from '../../src/domain/receipt/check.js';
import { parseTrust } from '../../src/domain/receipt/trust.js';
import { noteVerifierOf, openNote } from '../../src/domain/tlog/index.js';
import { ReceiptsService } from '../../src/transparency/receipts/receipts.service.js';
import { Transparency } from '../../src/transparency/transparency.service.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { appendEvents, packOf } from './transparency-events.js';
import { buildVerifier, WitnessProcess } from './witness-process.js';

describe('a server with a witness policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halisi-policy-'));
  const witnesses: WitnessProcess[] = [];
  let app: TestApp;
  let env: Record<string, string>;
  beforeAll(async () => {
    await buildVerifier();
    // The key of the log is made by the first start; only then can witnesses be told of it.
    const first = await startApp();
    const [vkey] = first.get(Transparency).identity.keys;
    await first.close();
    for (const name of ['w1.example', 'w2.example']) {
      witnesses.push(await new WitnessProcess(name, vkey!).start());
    }
    const lines = witnesses.map(({ line }) => line).join('\n');
    env = { WITNESS_POLICY: join(folder, 'policy') };
    writeFileSync(env['WITNESS_POLICY']!, `${lines}\ngroup both all w1.example w2.example\nquorum both\n`);
    app = await startApp({ beside: first, env });
  });
  afterAll(async () => {
    await app.close();
    await Promise.all(witnesses.map((witness) => witness.remove()));
    rmSync(folder, { recursive: true, force: true });
  });

  const text = async (path: string): Promise<string> => (await fetch(new URL(path, app.url))).text();
  const sizeOf = async (): Promise<number> => Number((await text('/log/checkpoint')).split('\n')[1]);

  it('serves checkpoints that both witnesses cosigned, and tells which policy that is', async () => {
    await appendEvents(app.database, 3);
    await eventually('three entries', async () => (await sizeOf()) === 3);
    const note = await text('/log/checkpoint');
    const keys = witnesses.map(({ vkey }) => noteVerifierOf(vkey));
    expect(openNote(note, keys).verified).toHaveLength(2);
    const [log] = (JSON.parse(await text('/.well-known/halisi.json')) as { logs: { keys: string[]; policy: string }[] })
      .logs;
    expect(log?.policy).toContain(`log ${log?.keys[0]}\n`);
    expect(log?.policy).not.toContain('http');
    // What was published is told with the next round.
    const told = /halisi_log_witness_cosigned_size\{witness="w1.example"\} 3/;
    const metrics = await eventually('the metric', async () => {
      const all = await text('/metrics');
      return told.test(all) && all;
    });
    expect(metrics).toMatch(/halisi_log_published_size 3/);
  });

  it('gives receipts whose checkpoint meets the policy', async () => {
    const { receipt } = await app.get(ReceiptsService).forEpc(1, packOf(2));
    const trust = parseTrust(await text('/.well-known/halisi.json'));
    const check = checkReceipt(receipt, trust).checks.find(({ name }) => name === 'witnesses');
    expect(check).toMatchObject({ ok: true });
  });

  it('keeps what is not cosigned to itself, through a restart, until the witness is back', async () => {
    await witnesses[1]!.kill();
    await appendEvents(app.database, 2);
    await eventually('the alarm', async () => (await text('/metrics')).includes('problem="WITNESS_UNREACHABLE"} 1'));
    const before = app;
    await before.close();
    app = await startApp({ beside: before, env });
    await appendEvents(app.database, 1);
    expect(await sizeOf()).toBe(3);
    expect((await fetch(new URL('/log/tile/0/000.p/4', app.url))).status).toBe(404);
    await witnesses[1]!.start();
    await eventually('all of them', async () => (await sizeOf()) === 6);
    expect((await fetch(new URL('/log/tile/0/000.p/6', app.url))).status).toBe(200);
  });
});
