import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cosignatureVerifier, ed25519Cosigner } from '../../../../src/domain/tlog/cosignature.js';
import { formatVerifierKey } from '../../../../src/domain/tlog/note-key.js';
import { openNote } from '../../../../src/domain/tlog/signed-note.js';
import { runHere } from '../terminal.fixture.js';
import { WitnessStore } from './store.js';
import { MemoryLog } from './witness.fixture.js';

const COMMAND = join(process.cwd(), 'apps/verifier/bin/halisi-verify.js');
const log = new MemoryLog('halisi.example/log', 2000);
const vkey = formatVerifierKey(log.key);

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly keys: readonly string[];
  readonly ended: Promise<number | null>;
  errors: string;
}

async function start(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [COMMAND, 'witness', '--listen', '127.0.0.1:0', ...args]);
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const running = { child, ended, errors: '' };
  let output = '';
  child.stderr.on('data', (part: Buffer) => (running.errors += part.toString()));
  const url = await new Promise<string>((ready, failed) => {
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      const [, found] = / at (http:\S+)\n/.exec(output) ?? [];
      if (found !== undefined) ready(found);
    });
    void ended.then((status) => failed(new Error(`it ended with ${status}: ${running.errors}`)));
  });
  return Object.assign(running, { url, keys: output.split('\n').filter((line) => line.startsWith('w.example+')) });
}

async function post(url: string, body: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, body: await response.text() };
}

async function sizeAt(url: string): Promise<number> {
  const json = (await (await fetch(`${url}/status.json`)).json()) as { logs: { size: number }[] };
  return json.logs[0]!.size;
}

describe('halisi-verify witness', () => {
  let folder: string;
  let options: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halisi-witness-'));
    options = ['--state', join(folder, 'state'), '--name', 'w.example', '--log', vkey];
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('loses no cosigned size and no key, killed again and again while it answers', async () => {
    let promised = 0;
    let keys: readonly string[] | undefined;
    for (let round = 0; round < 8; round++) {
      const running = await start(...options);
      keys ??= running.keys;
      expect(running.keys).toEqual(keys);
      let size = await sizeAt(running.url);
      expect(size).toBeGreaterThanOrEqual(promised);
      const dead = new Promise((done) => setTimeout(done, 20 + 17 * round)).then(() => running.child.kill('SIGKILL'));
      try {
        for (;;) {
          const { status, body } = await post(running.url, log.request(size, size + 3));
          expect(status).toBe(200);
          size += 3;
          expect(
            openNote(
              log.checkpoint(size) + body,
              keys.map((key) => cosignatureVerifier(key)),
            ).verified,
          ).toHaveLength(1);
          promised = size;
        }
      } catch (error) {
        if (!/fetch failed|terminated/.test(String(error))) throw error;
      }
      await dead;
      await running.ended;
    }
    expect(promised).toBeGreaterThan(3);
    const left = await readdir(join(folder, 'state', 'logs'));
    expect(left.filter((name) => name.endsWith('.checkpoint'))).toHaveLength(1);
    await WitnessStore.open(join(folder, 'state'));
    expect(await readdir(join(folder, 'state', 'logs'))).toHaveLength(1);
  });

  it('has its state folder for itself, and ends when it is told to', async () => {
    const first = await start(...options);
    try {
      await expect(start(...options)).rejects.toThrow(/ended with 2.*Another process uses this state/s);
      expect((await post(first.url, log.request(0, 5))).status).toBe(200);
    } finally {
      first.child.kill('SIGTERM');
    }
    expect(await first.ended).toBe(0);
    expect(first.errors).toMatch(/^\S+Z cosigned halisi\.example\/log at size 5\n$/);
  });

  it('follows the logs of a policy, with ML-DSA-44 as well', async () => {
    const policy = join(folder, 'policy');
    await writeFile(policy, `log ${vkey}\nquorum none\n`);
    const running = await start('--state', join(folder, 's'), '--name', 'w.example', '--policy', policy, '--ml-dsa');
    try {
      expect(running.keys).toHaveLength(2);
      const { body } = await post(running.url, log.request(0, 5));
      const verifiers = running.keys.map((key) => cosignatureVerifier(key));
      expect(openNote(log.checkpoint(5) + body, verifiers).verified).toHaveLength(2);
    } finally {
      running.child.kill('SIGTERM');
    }
    expect(await running.ended).toBe(0);
  });

  it.each([
    ['a file stands where the folder should be', 'state'],
    ['a file stands where its parts should be', 'state/logs'],
    ['a folder stands where the key should be', 'state/ed25519.key/'],
  ])('exits with 2 where the state folder cannot be used: %s', async (_what, path) => {
    const at = join(folder, path);
    await mkdir(path.endsWith('/') ? at : dirname(at), { recursive: true, mode: 0o700 });
    if (!path.endsWith('/')) await writeFile(at, '');
    const { status, errors } = await runHere(['witness', '--listen', '127.0.0.1:0', ...options]);
    expect(status).toBe(2);
    expect(errors).toContain('halisi-verify: The state folder');
  });

  const cosigner = formatVerifierKey(ed25519Cosigner('w', new Uint8Array(32).fill(3), () => 0).key);
  it.each([
    ['no state folder', ['--listen', 'h:1', '--name', 'n', '--log', vkey]],
    ['no name', ['--listen', 'h:1', '--state', 's', '--log', vkey]],
    ['a name with a space', ['--listen', 'h:1', '--state', 's', '--name', 'a b', '--log', vkey]],
    ['no log', ['--listen', 'h:1', '--state', 's', '--name', 'n']],
    ['logs and a policy', ['--listen', 'h:1', '--state', 's', '--name', 'n', '--log', vkey, '--policy', 'p']],
    ['no address', ['--state', 's', '--name', 'n', '--log', vkey]],
    ['an address without a port', ['--listen', 'h', '--state', 's', '--name', 'n', '--log', vkey]],
    ['a port that is none', ['--listen', 'h:70000', '--state', 's', '--name', 'n', '--log', vkey]],
    ['a key that is none', ['--listen', 'h:1', '--state', 's', '--name', 'n', '--log', 'x']],
    ['the key of a witness', ['--listen', 'h:1', '--state', 's', '--name', 'n', '--log', cosigner]],
    ['a policy that is not there', ['--listen', 'h:1', '--state', 's', '--name', 'n', '--policy', '/nowhere/p']],
    ['a policy that is a folder', ['--listen', 'h:1', '--state', 's', '--name', 'n', '--policy', '/']],
    ['an unknown option', ['--fast']],
  ])('exits with 2 and its usage: %s', async (_what, args) => {
    const { status, errors } = await runHere(['witness', ...args]);
    expect(status).toBe(2);
    expect(errors).toContain('Usage: halisi-verify witness');
  });
});
