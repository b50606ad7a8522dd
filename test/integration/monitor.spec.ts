import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ed25519Signer, formatVerifierKey } from '../../src/domain/tlog/index.js';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { FOREIGN, foreignCheckpoint } from './monitor-foreign-log.js';
import { codesOf, Desk, ORIGIN, ServedLog, VKEY } from './monitor-fixture.js';

let desk: Desk;
let log: ServedLog;
const others: ServedLog[] = [];

beforeEach(async () => {
  desk = await Desk.open();
  log = await new ServedLog().start();
});
afterEach(async () => {
  await Promise.all([log, ...others.splice(0)].map((one) => one.stop()));
  await desk.close();
});

/** Another server of the same name and key, with its own history after the first `shared` entries. */
async function another(shared: number, size: number): Promise<ServedLog> {
  const fork = await new ServedLog('honest').start();
  others.push(fork);
  fork.grow(shared);
  if (size > shared) fork.grow(size - shared, (index) => Buffer.concat([Buffer.of(1), Buffer.alloc(32, index)]));
  return fork;
}

/** From now on the monitored server serves what another one has. */
function becomes(fork: ServedLog): void {
  log.files.clear();
  for (const [path, bytes] of fork.files) log.files.set(path, bytes);
}

describe('halisi-verify monitor', () => {
  it('follows an honest log as it grows, and reads nothing twice', async () => {
    const sizes = [1, 3, 252, 1, 255, 300, 1];
    let total = 0;
    for (const grown of sizes) {
      log.grow(grown);
      total += grown;
      const look = await desk.look(log);
      expect(look).toMatchObject({ status: 0, size: total, checked: total, alarms: [], notes: [], reached: true });
    }
    log.asked.length = 0;
    log.grow(1);
    expect((await desk.look(log)).status).toBe(0);
    expect(log.asked.filter((path) => path.startsWith('tile/entries'))).toEqual(['tile/entries/003.p/46']);
    log.asked.length = 0;
    expect((await desk.look(log, '--full')).checked).toBe(total + 1);
    expect(log.asked.filter((path) => path.startsWith('tile/entries'))).toHaveLength(4);
  });

  it('follows a static copy in a folder with the trust file of the server, wherever that has the log', async () => {
    log.grow(300);
    const copy = join(desk.folder, 'copy');
    for (const [path, bytes] of log.files) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), bytes);
    }
    const trust = join(desk.folder, 'server.json');
    await writeFile(trust, JSON.stringify({ logs: [{ origin: ORIGIN, keys: [VKEY], url: '/log' }] }));
    const { status, output } = await desk.run(copy, '--trust', trust, '--once');
    expect(output).toContain('300 entries');
    expect(status).toBe(0);
  });

  it('says in words what it sees', async () => {
    log.grow(7);
    const { output } = await desk.run(log.url, '--trust', desk.trust, '--once');
    expect(output).toMatch(/^\S+Z {2}log\.example\/monitored {2}7 entries \(\+7\) {2}root \S{12}\n$/);
  });

  it('believes a log at the first look, says so, and cries when its key or its name changes', async () => {
    log.grow(5);
    log.serveJson('.well-known/halisi.json', { logs: [{ origin: ORIGIN, keys: [VKEY] }] });
    const first = await desk.run(log.url, '--once');
    expect(first.status).toBe(0);
    expect(first.errors).toContain('TRUST_ON_FIRST_USE');
    expect(first.errors).toContain(VKEY);
    const thief = ed25519Signer(ORIGIN, new Uint8Array(32).fill(66));
    log.serveJson('.well-known/halisi.json', { logs: [{ origin: ORIGIN, keys: [formatVerifierKey(thief.key)] }] });
    expect((await desk.run(log.url, '--once')).output).toContain('ALARM KEY_CHANGED');
    log.publish({ signers: [thief] });
    const { status, output } = await desk.run(log.url, '--once');
    expect(status).toBe(1);
    expect(output).toContain('signed by another key of the name');
    log.publish({ origin: 'log.example/other' });
    expect((await desk.run(log.url, '--once')).output).toContain('ALARM ORIGIN_CHANGED');
  });

  it.each(['the same size', 'a larger size', 'a size that is a power of two'])(
    'proves a fork at %s to a third party',
    async (kind) => {
      const seen = kind === 'a size that is a power of two' ? 256 : 300;
      log.grow(seen);
      await desk.look(log);
      const fork = await another(200, kind === 'the same size' ? seen : 700);
      becomes(fork);
      const look = await desk.look(log);
      expect(look.status).toBe(1);
      expect(codesOf(look)).toEqual(['FORKED']);
      expect(look.size).toBe(seen);
      const [file] = await desk.evidence();
      expect(look.alarms[0]!.evidence).toEqual([file]);
      const verdict = await runHere(['monitor', '--check-evidence', file!, '--trust', desk.trust]);
      expect(verdict.output).toBe(
        `PROVEN: ${ORIGIN} signed two histories: checkpoints of ${seen} and ${fork.size} entries that contradict each other.\n`,
      );
      expect(verdict.status).toBe(0);
      await desk.look(log);
      expect(await desk.evidence()).toHaveLength(1);
    },
  );

  it('accepts no evidence that was changed, or that accuses an honest log', async () => {
    log.grow(300);
    await desk.look(log);
    becomes(await another(200, 700));
    await desk.look(log);
    const [file] = await desk.evidence();
    const text = await readFile(file!, 'utf8');
    const evidence = JSON.parse(text) as { notes: { note: string }[]; prefix: { root: string; proof: string[] } };
    const honest = await another(700, 700);
    const accused = [
      text.replace('"300\\n', '"301\\n').replace('\\n300\\n', '\\n301\\n'),
      JSON.stringify({ ...evidence, prefix: { ...evidence.prefix, root: Buffer.alloc(32, 1).toString('base64') } }),
      JSON.stringify({ ...evidence, prefix: undefined }),
      JSON.stringify({ ...evidence, notes: [evidence.notes[0], { ...evidence.notes[1], note: honest.publish() }] }),
      JSON.stringify({ ...evidence, notes: [evidence.notes[0], evidence.notes[0]] }),
      JSON.stringify({ ...evidence, keys: [] }),
      '{}',
    ];
    for (const [i, changed] of accused.entries()) {
      const path = `${desk.folder}/changed-${i}.json`;
      await writeFile(path, changed);
      const { status, output } = await runHere(['monitor', '--check-evidence', path, '--trust', desk.trust]);
      expect({ i, status, proven: output.startsWith('NOT PROVEN') }).toEqual({ i, status: 1, proven: true });
    }
  });

  it('keeps both notes of a log that shrank, calls it no proof, and proves the fork in it if there is one', async () => {
    log.grow(300);
    await desk.look(log);
    log.publish({ size: 200 });
    const shrunk = await desk.look(log);
    expect(codesOf(shrunk)).toEqual(['SHRUNK']);
    expect(shrunk.size).toBe(300);
    const [file] = await desk.evidence();
    const verdict = await runHere(['monitor', '--check-evidence', file!, '--trust', desk.trust]);
    expect(verdict.output).toContain('NOT PROVEN: both checkpoints are signed, of 300 entries and of 200');
    log.publish({ size: 200, root: Buffer.alloc(32, 1) });
    expect(codesOf(await desk.look(log))).toEqual(['FORKED', 'SHRUNK']);
    const verdicts = await Promise.all(
      (await desk.evidence()).map((path) => runHere(['monitor', '--check-evidence', path])),
    );
    expect(verdicts.map(({ status }) => status).sort()).toEqual([0, 1, 1]);
  });

  it('names the tile of which one byte is wrong, whatever its level and width', async () => {
    log.grow(256 * 5 + 10);
    for (const path of ['tile/0/002', 'tile/0/005.p/10', 'tile/1/000.p/5']) {
      const before = log.files.get(path)!;
      log.spoil(path);
      const look = await desk.look(log);
      expect(look.alarms).toMatchObject([{ code: 'TILE_WRONG', message: expect.stringContaining(path) as string }]);
      log.files.set(path, before);
      await desk.run(log.url, '--acknowledge', 'TILE_WRONG');
    }
    expect(await desk.look(log)).toMatchObject({ status: 0, checked: 1290 });
  });

  it('names a tile and entries that are missing or cut', async () => {
    log.grow(600);
    const cases: [string, string][] = [
      ['tile/0/001', 'TILE_MISSING'],
      ['tile/0/002.p/88', 'TILE_MISSING'],
      ['tile/entries/001', 'ENTRY_MISSING'],
    ];
    for (const [path, code] of cases) {
      const before = log.files.get(path)!;
      log.files.delete(path);
      const missing = await desk.look(log);
      expect(missing.alarms).toMatchObject([{ code, message: expect.stringContaining(path) as string }]);
      log.files.set(path, before.subarray(0, before.length - 1));
      await desk.run(log.url, '--acknowledge', code);
      const cut = await desk.look(log);
      expect(cut.alarms).toHaveLength(1);
      expect(cut.alarms[0]!.code).toMatch(/^(TILE|ENTRY)_WRONG$/);
      expect(cut.alarms[0]!.message).toContain(path);
      await desk.run(log.url, '--acknowledge', cut.alarms[0]!.code);
      log.files.set(path, before);
    }
  });

  it('uses the full tile where the partial one was deleted since', async () => {
    log.grow(100);
    const checkpoint = log.files.get('checkpoint')!;
    log.grow(300);
    log.files.set('checkpoint', checkpoint);
    log.files.delete('tile/0/000.p/100');
    log.files.delete('tile/entries/000.p/100');
    expect(await desk.look(log)).toMatchObject({ status: 0, size: 100, checked: 100 });
  });

  it('names the entry that is not the one in the tree', async () => {
    log.grow(600);
    log.spoil('tile/entries/001', 35 * 44 + 20);
    const look = await desk.look(log);
    expect(look.alarms).toMatchObject([
      { code: 'ENTRY_WRONG', message: expect.stringContaining('Entry 300 is not the one') as string },
    ]);
    expect(look.checked).toBe(256);
  });

  it('finds a signed root that neither tiles nor entries lead to', async () => {
    log.grow(300);
    log.publish({ root: Buffer.alloc(32, 3) });
    expect(codesOf(await desk.look(log))).toEqual(['WRONG_ROOT']);
  });

  it('holds a log to a checkpoint of which the tiles could not be read', async () => {
    log.grow(300);
    await desk.look(log);
    const fork = await another(300, 400);
    log.files.set('checkpoint', fork.files.get('checkpoint')!);
    expect(codesOf(await desk.look(log))).toEqual(['TILE_MISSING']);
    log.grow(200);
    const look = await desk.look(log);
    expect(codesOf(look)).toEqual(['FORKED', 'TILE_MISSING']);
    const [file] = await desk.evidence();
    expect((await runHere(['monitor', '--check-evidence', file!])).output).toContain('checkpoints of 400 and 500');
  });

  it('refuses a checkpoint that is not signed, wrongly signed or none', async () => {
    log.grow(5);
    const note = log.publish();
    const bodies: [string, string][] = [
      [note.replace(/— .*\n$/, `— someone.else ${Buffer.alloc(68).toString('base64')}\n`), 'SIGNATURE_MISSING'],
      [note.replace('\n5\n', '\n6\n'), 'SIGNATURE_WRONG'],
      ['<html>502</html>', 'CHECKPOINT_MALFORMED'],
      ['\ud800', 'CHECKPOINT_MALFORMED'],
    ];
    for (const [body, code] of bodies) {
      log.files.set('checkpoint', Buffer.from(body));
      const look = await desk.look(log);
      expect(codesOf(look)).toEqual([code]);
      await desk.run(log.url, '--acknowledge', code);
    }
  });

  it('keeps an alarm raised until it is acknowledged', async () => {
    log.grow(5);
    await desk.look(log);
    log.publish({ size: 3 });
    await desk.look(log);
    log.publish();
    const later = await desk.look(log);
    expect(later).toMatchObject({ status: 1, alarms: [{ code: 'SHRUNK', now: false }] });
    expect(await desk.run(log.url, '--acknowledge', 'SHRUNK')).toMatchObject({ status: 0 });
    expect(await desk.look(log)).toMatchObject({ status: 0, alarms: [] });
    expect((await desk.run(log.url, '--acknowledge', 'SHRUNK')).status).toBe(2);
  });

  it('tells that the log gives no answer, and cries only when that lasts', async () => {
    log.grow(5);
    await desk.look(log);
    log.instead.set('*', (_request, response) => void response.writeHead(503).end());
    const look = await desk.look(log);
    expect(look).toMatchObject({ status: 3, alarms: [], notes: [{ code: 'NOT_REACHED' }] });
    const lasting = await desk.look(log, '--grace', '0.0001');
    expect(codesOf(lasting)).toEqual(['UNREACHABLE']);
    let refused = 0;
    log.instead.set('*', (request, response) => {
      log.instead.clear();
      refused++;
      request.destroy();
      response.destroy();
    });
    expect((await desk.look(log)).reached).toBe(true);
    expect(refused).toBe(1);
  });

  it('reports entries of versions that it does not know, and goes on', async () => {
    log.grow(3, () => Buffer.from([0x7f, 1, 2]));
    expect(await desk.look(log)).toMatchObject({ status: 0, checked: 3, notes: [{ code: 'ENTRY_VERSION_UNKNOWN' }] });
    log.grow(3, (index) => Buffer.alloc(30 + index, index - 2));
    expect(await desk.look(log)).toMatchObject({
      status: 0,
      notes: [{ code: 'ENTRY_ODD', message: expect.stringMatching(/^2 /) as string }],
    });
  });

  it('starts with an empty log', async () => {
    log.publish();
    expect(await desk.look(log)).toMatchObject({ status: 0, size: 0 });
    log.grow(2);
    expect(await desk.look(log)).toMatchObject({ status: 0, size: 2, checked: 2 });
  });

  it('looks again and again until it is told to end', async () => {
    log.grow(2);
    const stop = new AbortController();
    const args = ['monitor', log.url, '--trust', desk.trust, '--state', desk.state, '--every', '0.05', '--json'];
    const running = runHere(args, stop);
    await new Promise((later) => setTimeout(later, 300));
    log.grow(2);
    await new Promise((later) => setTimeout(later, 300));
    stop.abort();
    const { status, output } = await running;
    expect(status).toBe(0);
    const sizes = output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { size: number }).size);
    expect(sizes.length).toBeGreaterThan(4);
    expect(new Set(sizes)).toEqual(new Set([2, 4]));
    expect(existsSync(`${desk.state}.lock`)).toBe(false);
  });

  it('shows a fork that another place shows', async () => {
    log.grow(300);
    const mirror = await another(100, 250);
    const look = await desk.look(log, '--compare', `${mirror.url}/checkpoint`);
    expect(codesOf(look)).toEqual(['FORKED']);
    const [file] = await desk.evidence();
    expect((await runHere(['monitor', '--check-evidence', file!])).status).toBe(0);
  });
});

describe('halisi-verify monitor and a log by others', () => {
  it('follows it through every size that it had, and finds a byte that is wrong', async () => {
    const other = await Desk.open({ origin: FOREIGN.origin, keys: [FOREIGN.vkey] });
    try {
      for (const [size] of FOREIGN.checkpoints.entries()) {
        if (size > 0) log.grow(1, (index) => Buffer.from(FOREIGN.entries[index]!));
        log.files.set('checkpoint', Buffer.from(foreignCheckpoint(size)));
        expect(await other.look(log)).toMatchObject({ status: 0, size, checked: size, alarms: [] });
      }
      log.files.set('checkpoint', Buffer.from(foreignCheckpoint(14)));
      expect(codesOf(await other.look(log))).toEqual(['SHRUNK']);
      log.files.set('checkpoint', Buffer.from(foreignCheckpoint(15).replace('\n15\n', '\n16\n')));
      expect(codesOf(await other.look(log))).toEqual(['SHRUNK', 'SIGNATURE_WRONG']);
    } finally {
      await other.close();
    }
  });
});
