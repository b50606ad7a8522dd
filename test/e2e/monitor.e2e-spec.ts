import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { appendEvents } from '../integration/transparency-events.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';

interface Line {
  readonly size: number | null;
  readonly checked: number;
  readonly reached: boolean;
  readonly alarms: { readonly code: string; readonly message: string }[];
  readonly notes: { readonly code: string; readonly message: string }[];
  readonly anchors: { readonly size: number }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halisi-monitor-e2e-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('halisi-verify monitor and the whole application', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await appendEvents(app.database, 1);
    const checkpoint = async () => (await fetch(new URL('/log/checkpoint', app.url))).ok;
    await eventually('a checkpoint', checkpoint);
  });
  afterAll(() => app.close());

  it('raises no alarm while the log grows and is anchored', async () => {
    const stop = new AbortController();
    const args = ['monitor', app.url, '--rpc', app.chainUrl, '--state', join(folder, 'state.json'), '--every', '0.02'];
    const running = runHere([...args, '--json'], stop);
    let size = 0;
    try {
      for (let i = 0; i < 40; i++) {
        const count = i % 7 === 0 ? 97 : 3;
        size = (await appendEvents(app.database, count)) + count;
      }
      await eventually('everything is final', async () => {
        const metrics = await (await fetch(new URL('/metrics', app.url))).text();
        return metrics.includes(`halisi_log_size{stage="final"} ${size}\n`);
      });
      await new Promise((later) => setTimeout(later, 1_000));
    } finally {
      stop.abort();
    }
    const { status, output, errors } = await running;
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(errors).toContain('TRUST_ON_FIRST_USE');
    expect(lines.flatMap(({ alarms }) => alarms)).toEqual([]);
    const told = new Set(lines.flatMap(({ notes }) => notes.map(({ code }) => code)));
    told.delete('CHAIN_AHEAD_YET');
    expect([...told]).toEqual([]);
    expect(status).toBe(0);
    expect(lines.at(-1)).toMatchObject({ size, checked: size, reached: true, anchors: [{ size }] });
    expect(lines.length).toBeGreaterThan(5);
    const full = await runHere([...args.slice(0, -2), '--once', '--full', '--json']);
    expect(JSON.parse(full.output)).toMatchObject({ checked: size, alarms: [] });
  });
});
