import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import fc from 'fast-check';
import { eventually } from '../support/eventually.js';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { Desk, ServedLog } from './monitor-fixture.js';

let desk: Desk;
let log: ServedLog;

beforeEach(async () => {
  desk = await Desk.open();
  log = await new ServedLog().start();
});
afterEach(async () => {
  await log.stop();
  await desk.close();
});

const exited = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve(0) : child.once('exit', resolve),
  );

function start(...more: string[]): ChildProcess {
  const args = ['apps/verifier/bin/halisi-verify.js', 'monitor', log.url, '--trust', desk.trust, '--state', desk.state];
  return spawn(process.execPath, [...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the state of halisi-verify monitor', () => {
  it('is refused when it is damaged, and never replaced', async () => {
    log.grow(300);
    await desk.look(log);
    const whole = await desk.text();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.constantFrom('', 'x', '0', ' "', '}'), async (at, put) => {
        const damaged = whole.slice(0, at) + put + whole.slice(at + 1);
        await writeFile(desk.state, damaged);
        const { status, errors } = await desk.look(log);
        if (status === 0) {
          // White space between two members, and nothing else, may differ.
          expect(JSON.parse(damaged)).toEqual(JSON.parse(whole));
          return;
        }
        expect({ status, kept: await desk.text() }).toEqual({ status: 2, kept: damaged });
        expect(errors).toContain('is not a monitor');
      }),
      { numRuns: 60 },
    );
    for (const cut of ['', '{', whole.slice(0, 200), '{"format":"halisi-monitor/v2"}']) {
      await writeFile(desk.state, cut);
      expect((await desk.look(log)).status).toBe(2);
      expect(await desk.text()).toBe(cut);
    }
  });

  it('is of one log, and of one trust file until it is pinned anew', async () => {
    log.grow(3);
    await desk.look(log);
    const other = await desk.look({ url: `${log.url}/` });
    expect(other).toMatchObject({ status: 2, errors: expect.stringContaining('is of http') as string });
    const trust = JSON.parse(await readFile(desk.trust, 'utf8')) as { logs: object[] };
    const anchor = { chainId: 5, contract: `0x${'1'.repeat(40)}`, logId: `0x${'2'.repeat(64)}` };
    await writeFile(desk.trust, JSON.stringify({ logs: [{ ...trust.logs[0], anchors: [anchor] }] }));
    expect(await desk.look(log)).toMatchObject({ status: 2, errors: expect.stringContaining('--repin') as string });
    expect(await desk.look(log, '--repin')).toMatchObject({ status: 0, notes: [{ code: 'CHAIN_NOT_ASKED' }] });
    expect(await desk.look(log)).toMatchObject({ status: 0 });
  });

  it('is used by one monitor at a time', async () => {
    log.grow(3);
    const first = start('--every', '5');
    try {
      await eventually('the first look', async () => (await desk.text().catch(() => '')) !== '');
      const second = await desk.look(log);
      expect(second).toMatchObject({
        status: 2,
        errors: expect.stringContaining('Another process uses this state') as string,
      });
      expect((await desk.run(log.url, '--acknowledge', 'FORKED')).status).toBe(2);
    } finally {
      first.kill('SIGKILL');
      await exited(first);
    }
    expect((await desk.look(log)).status).toBe(0);
  });

  it('is taken over from a process that is gone, not from another machine', async () => {
    log.grow(3);
    const lock = `${desk.state}.lock`;
    const holders: [object, number][] = [
      [{ pid: process.pid, host: 'another.machine', started: null }, 2],
      [{ pid: process.pid, host: hostname(), started: 'long ago' }, 0],
      [{ pid: 2 ** 22 + 1, host: hostname(), started: null }, 0],
    ];
    for (const [holder, status] of holders) {
      await writeFile(lock, JSON.stringify(holder));
      expect((await desk.look(log)).status).toBe(status);
    }
  });

  it('lets twenty monitors that start at once over a stale lock through one by one', async () => {
    log.grow(3);
    await writeFile(`${desk.state}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: null }));
    const looks = await Promise.all(Array.from({ length: 20 }, () => desk.look(log)));
    const statuses = looks.map(({ status }) => status);
    expect(statuses).toContain(0);
    expect(statuses.every((status) => status === 0 || status === 2)).toBe(true);
    expect(await desk.look(log)).toMatchObject({ status: 0, size: 3 });
  });

  it('survives SIGKILL in the middle of a round, which the next one goes on with', async () => {
    log.grow(256 * 20);
    let slow = true;
    for (let i = 6; i < 20; i++) {
      const path = `tile/entries/${String(i).padStart(3, '0')}`;
      const answer = () => log.files.get(path);
      log.instead.set(path, (_request, response) => void setTimeout(() => response.end(answer()), slow ? 1_500 : 0));
    }
    const child = start('--once');
    const checked = await eventually('entries are checked and saved', async () => {
      const state = JSON.parse(await desk.text().catch(() => '{}')) as { checked?: { size: number } };
      return state.checked?.size === undefined || state.checked.size === 0 ? undefined : state.checked.size;
    });
    child.kill('SIGKILL');
    await exited(child);
    slow = false;
    log.asked.length = 0;
    expect(await desk.look(log)).toMatchObject({ status: 0, checked: 256 * 20 });
    const again = log.asked.filter((path) => path.startsWith('tile/entries/'));
    expect(again).toHaveLength(20 - Math.floor(checked / 256));
  });

  it('survives SIGKILL at any time, again and again, while the log grows', async () => {
    log.grow(300);
    const growing = setInterval(() => log.grow(37), 60);
    try {
      for (let i = 0; i < 8; i++) {
        const child = start('--every', '0.01', ...(i % 3 === 0 ? ['--full'] : []));
        await new Promise((later) => setTimeout(later, 300 + 130 * i));
        child.kill('SIGKILL');
        await exited(child);
        if (existsSync(desk.state)) JSON.parse(await desk.text());
      }
    } finally {
      clearInterval(growing);
    }
    await writeFile(`${desk.state}.77.0123abcd.tmp`, '{');
    expect(await desk.look(log)).toMatchObject({ status: 0, alarms: [], size: log.size, checked: log.size });
    expect((await readdir(desk.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is not begun while the log gives no answer', async () => {
    log.instead.set('*', (_request, response) => void response.writeHead(502).end());
    const args = ['monitor', log.url, '--once', '--patience', '0.2', '--state', desk.state];
    expect(await runHere(args)).toMatchObject({ status: 3, errors: expect.stringContaining('502') as string });
    expect(existsSync(desk.state)).toBe(false);
    log.instead.clear();
    expect((await runHere([...args.slice(0, -1), `${desk.folder}/none/state.json`])).status).toBe(2);
    expect(await runHere(args)).toMatchObject({ status: 2, errors: expect.stringContaining('who it is') as string });
  });
});
