import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { toBase64 } from '../../src/domain/bytes.js';
import { COSIGNATURE_ED25519, noteVerifierOf } from '../../src/domain/tlog/cosignature.js';
import { emptyRoot, formatVerifierKey, openNote, verifierKey } from '../../src/domain/tlog/index.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { cosignedNote, latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { witnessPolicy } from '../../src/transparency/witness/witness-policy.js';
import { Witnessing } from '../../src/transparency/witness/witnessing.js';
import { ORIGIN, TestPostgres, append } from '../integration/transparency-fixture.js';
import { eventually } from '../support/eventually.js';
import { goTool } from '../support/go-tool.js';

const run = promisify(execFile);
const agent = await run('ssh-agent', ['-h']).catch((error: { code: unknown }) =>
  error.code === 'ENOENT' ? null : true,
);
const program = agent === null ? null : await goTool('filippo.io/torchwood/cmd/litewitness', 'v0.9.0');
const where = program === null ? describe.skip : describe;

const NAME = 'litewitness.example';
const signer = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The 32 bytes of an Ed25519 key in OpenSSH's form (RFC 8709 §4). */
function publicKeyIn(file: string): Uint8Array {
  const [, blob = ''] = readFileSync(file, 'utf8').split(' ');
  return new Uint8Array(Buffer.from(blob, 'base64').subarray(-32));
}

where('a witness by others (litewitness), with its key in an ssh-agent', () => {
  const postgres = new TestPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'halisi-litewitness-'));
  const children: ChildProcess[] = [];
  let line: string;
  beforeAll(async () => {
    await postgres.start();
    const [key, socket, db] = ['key', 'agent.sock', 'witness.db'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    children.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
    await eventually('the agent', () => run('ssh-add', [key], { env: { ...process.env, SSH_AUTH_SOCK: socket } }));
    const [, fingerprint = ''] = (await run('ssh-keygen', ['-lf', key])).stdout.split(' ');
    const port = await freePort();
    const args = ['-db', db, '-name', NAME, '-key', fingerprint, '-ssh-agent', socket, '-listen', `127.0.0.1:${port}`];
    children.push(spawn(program!, args, { stdio: 'ignore' }));
    await eventually('the witness', () => fetch(`http://127.0.0.1:${port}/`));
    follow(db);
    const vkey = formatVerifierKey(verifierKey(NAME, publicKeyIn(`${key}.pub`), COSIGNATURE_ED25519));
    line = `witness lite ${vkey} http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    for (const child of children.reverse()) {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
    await postgres.stop();
  });

  /** What `witnessctl add-log` and `add-key` do; that command needs modules that are not to be had everywhere. */
  function follow(path: string): void {
    const db = new DatabaseSync(path);
    db.prepare('insert into log (origin, tree_size, tree_hash) values (?, 0, ?)').run(ORIGIN, toBase64(emptyRoot()));
    db.prepare('insert into key (origin, key) values (?, ?)').run(ORIGIN, signer.vkey);
    db.close();
  }

  it('cosigns what our log asks for, size after size', async () => {
    const { database } = await postgres.database();
    const reader = new LogReader(database);
    const checkpoints = new CheckpointService(database, reader, signer, false);
    const policy = witnessPolicy(`${line}\nquorum lite\n`, signer.vkey);
    const witnessing = new Witnessing(database, reader, checkpoints, 0, policy);
    try {
      let size = 0;
      for (const count of [1, 299, 700, 5000]) {
        await append(database, count);
        size += count;
        const integrator = new Integrator(database, 0);
        while ((await integrator.step())?.entries !== 0);
        await eventually(`${size} published`, async () => (await witnessing.round())?.published === size);
      }
      const newest = await latestPublished(database, 0);
      const { verified } = openNote(cosignedNote(newest!), [noteVerifierOf(line.split(' ')[2]!)]);
      expect(verified).toHaveLength(1);
    } finally {
      await witnessing.close();
    }
  });
});
