import { connect } from 'node:net';
import { readFile, readdir, stat, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { cosignatureTime, noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { openNote } from '../../../../src/domain/tlog/signed-note.js';
import { provesFork } from '../../../../src/domain/tlog/witness.js';
import { loadCosigners } from './keys.js';
import { Witness } from './service.js';
import { WitnessStore } from './store.js';
import { MemoryLog, type RunningWitness, startWitness } from './witness.fixture.js';

const ORIGIN = 'halisi.example/log';
const log = new MemoryLog(ORIGIN, 64);
const forked = new MemoryLog(ORIGIN, 64, 'changed ');

interface Status {
  keys: string[];
  logs: { size: number; checkpoint: string | null; forked: boolean }[];
  forks: { origin: string; size: number; kept: string; refused: string }[];
}

describe('a witness over HTTP', () => {
  let witness: RunningWitness;
  let said: string[];

  const status = async (): Promise<Status> => (await (await fetch(`${witness.url}/status.json`)).json()) as Status;

  beforeEach(async () => {
    said = [];
    witness = await startWitness([log], { mlDsa: true, say: (line) => said.push(line) });
  });
  afterEach(() => witness.stop());

  it('cosigns growth with all its keys, and shows what it cosigned', async () => {
    const { status: code, body } = await witness.post(log.request(0, 5));
    expect(code).toBe(200);
    const { keys } = await status();
    const before = Math.floor(Date.now() / 1000) - 60;
    const { verified } = openNote(
      log.checkpoint(5) + body,
      keys.map((key) => noteVerifierOf(key)),
    );
    expect(verified).toHaveLength(2);
    for (const signature of verified) expect(cosignatureTime(signature)).toBeGreaterThan(before);
    expect((await witness.post(log.request(5, 9))).status).toBe(200);
    expect((await status()).logs).toMatchObject([{ size: 9, checkpoint: log.checkpoint(9), forked: false }]);
    expect(said).toEqual([`cosigned ${ORIGIN} at size 5`, `cosigned ${ORIGIN} at size 9`]);
  });

  it('says its size where the old size is another', async () => {
    await witness.post(log.request(0, 5));
    expect(await witness.post(log.request(3, 9))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '5\n' });
  });

  it('keeps the evidence of a fork for good, shows it, and goes on with the first branch alone', async () => {
    await witness.post(log.request(0, 5));
    expect((await witness.post(forked.request(5, 5))).status).toBe(409);
    expect((await witness.post(forked.request(5, 5))).status).toBe(409);
    expect((await witness.post(forked.request(5, 9))).status).toBe(422);
    expect((await witness.post(log.request(5, 9))).status).toBe(200);
    expect(said.filter((line) => line.startsWith('ALARM'))).toHaveLength(1);

    const again = await startWitness([log], { folder: witness.folder, mlDsa: true });
    try {
      const shown = (await (
        await fetch(`${again.url}/`, { headers: { accept: 'application/json' } })
      ).json()) as Status;
      expect(shown.logs).toMatchObject([{ size: 9, forked: true }]);
      expect(shown.forks).toHaveLength(1);
      expect(provesFork(shown.forks[0]!, [log.verifier])).toBe(true);
      const text = await (await fetch(`${again.url}/`)).text();
      expect(text).toContain(`FORK: ${ORIGIN} signed two roots of size 5.`);
      expect((await again.post(forked.request(9, 9))).status).toBe(409);
      expect((await status()).keys).toEqual(shown.keys);
    } finally {
      await again.stop();
    }
  });

  it('never goes back, however requests overlap', async () => {
    await witness.post(log.request(0, 1));
    const sizes = fc.sample(fc.integer({ min: 2, max: 64 }), { numRuns: 60, seed: 7 });
    const answers = await Promise.all(sizes.map((size) => witness.post(log.request(1, size))));
    expect(answers.filter(({ status: code }) => code === 200).length).toBeGreaterThan(0);
    expect(new Set(answers.map(({ status: code }) => code))).toEqual(new Set([200, 409]));
    // Only requests from the size that was newest at their turn are cosigned, so that one of them won.
    const cosigned = sizes.filter((_, i) => answers[i]!.status === 200);
    expect(new Set(cosigned).size).toBe(1);
    expect((await status()).logs[0]!.size).toBe(cosigned[0]);
  });

  it('answers other paths and methods without a stir', async () => {
    const answers = await Promise.all([
      fetch(`${witness.url}/add-checkpoint`),
      fetch(`${witness.url}/`, { method: 'POST' }),
      fetch(`${witness.url}/elsewhere`),
      fetch(`${witness.url}/`, { method: 'HEAD' }),
    ]);
    expect(answers.map(({ status: code }) => code)).toEqual([405, 405, 404, 200]);
    expect(answers[0]!.headers.get('allow')).toBe('POST');
  });

  it('refuses a body above 64 KiB, and one that is not UTF-8', async () => {
    expect((await witness.post('x'.repeat(64 * 1024))).status).toBe(400);
    expect((await witness.post('x'.repeat(64 * 1024 + 1))).status).toBe(413);
    expect((await witness.post(Uint8Array.of(0xff, 0xfe))).status).toBe(400);
    expect((await witness.post(log.request(0, 5))).status).toBe(200);
  });

  it('serves many requests over one connection', async () => {
    const socket = connect(Number(new URL(witness.url).port), '127.0.0.1');
    const request = 'POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 1\r\n\r\nx';
    let received = '';
    await new Promise<void>((done) => {
      socket.on('data', (part: Buffer) => {
        received += part.toString();
        if (received.split('HTTP/1.1 400').length === 4) done();
      });
      socket.write(request.repeat(3));
    });
    socket.destroy();
    expect(received).toContain('onnection: keep-alive');
  });

  it('never answers 500 or 503, whatever bytes come', async () => {
    await witness.post(log.request(0, 5));
    const good = Buffer.from(log.request(5, 9));
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 4 }))
        .map(([at, by]) => Uint8Array.from([...good.subarray(0, at), ...by, ...good.subarray(at + 1)])),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (body) => {
        expect([400, 403, 404, 409, 422, 200]).toContain((await witness.post(body)).status);
      }),
      { numRuns: 300 },
    );
    expect(said.filter((line) => line.startsWith('ERROR'))).toEqual([]);
  });

  it('survives clients that send no HTTP and go away', async () => {
    const port = Number(new URL(witness.url).port);
    for (const garbage of [
      '\r\n\r\n',
      'GET / HTTP/9\r\n\r\n',
      'POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 9\r\n\r\nx',
    ]) {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((done) => socket.write(garbage, () => done()));
      socket.on('error', () => undefined);
      socket.destroy();
    }
    expect((await fetch(`${witness.url}/`)).status).toBe(200);
  });
});

describe('the state folder of a witness', () => {
  let witness: RunningWitness;
  beforeEach(async () => {
    witness = await startWitness([log], { mlDsa: true });
    await witness.post(log.request(0, 5));
  });
  afterEach(() => witness.stop());

  const logFile = async (): Promise<string> =>
    join(witness.folder, 'logs', (await readdir(join(witness.folder, 'logs')))[0]!);

  it('holds keys that only its owner can read, and the checkpoint as it was signed', async () => {
    for (const key of ['ed25519.key', 'ml-dsa-44.key']) {
      expect((await stat(join(witness.folder, key))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(await logFile(), 'utf8')).toBe(log.checkpoint(5));
    expect((await readdir(witness.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is refused with a key that others can read, of another name, or broken', async () => {
    await expect(loadCosigners(witness.folder, 'other.example', false)).rejects.toThrow('is of the witness');
    await chmod(join(witness.folder, 'ed25519.key'), 0o640);
    await expect(loadCosigners(witness.folder, 'example.com/witness', false)).rejects.toThrow('chmod 600');
    await writeFile(join(witness.folder, 'ml-dsa-44.key'), 'x');
    await chmod(join(witness.folder, 'ed25519.key'), 0o600);
    await expect(loadCosigners(witness.folder, 'example.com/witness', true)).rejects.toThrow('is not a key file');
  });

  it('is refused where the checkpoint of a log is damaged: to begin anew could sign a fork', async () => {
    for (const damage of [
      '',
      'x',
      log.checkpoint(5).slice(0, 40),
      log.checkpoint(5).replace(ORIGIN, 'other.example/log'),
    ]) {
      await writeFile(await logFile(), damage);
      await expect(startWitness([log], { folder: witness.folder })).rejects.toThrow('is damaged');
    }
  });

  it('that cannot be written gives a 503 and no cosignature, and the next request sees what is stored', async () => {
    const store = await WitnessStore.open(witness.folder);
    let full = true;
    const said: string[] = [];
    const over = await Witness.open({
      cosigners: await loadCosigners(witness.folder, 'example.com/witness', false),
      logs: new Map([[ORIGIN, [log.verifier]]]),
      say: (line) => said.push(line),
      store: {
        tree: (origin) => store.tree(origin),
        saveFork: (fork) => store.saveFork(fork),
        forks: () => store.forks(),
        saveTree: (origin, tree) => (full ? Promise.reject(new Error('no space')) : store.saveTree(origin, tree)),
      },
    });
    expect(await over.addCheckpoint(log.request(5, 9))).toMatchObject({ status: 503 });
    expect(said).toEqual([`ERROR: ${ORIGIN} could not be answered: no space`]);
    full = false;
    expect(await over.addCheckpoint(log.request(5, 9))).toMatchObject({ status: 200 });
  });

  it('is not written for a tree that is cosigned again', async () => {
    const before = await stat(await logFile());
    expect((await witness.post(log.request(5, 5))).status).toBe(200);
    expect((await stat(await logFile())).ino).toBe(before.ino);
  });

  it('is written in the order of the requests, though one write takes longer than another', async () => {
    const saved: number[] = [];
    const over = await Witness.open({
      cosigners: await loadCosigners(witness.folder, 'example.com/witness', false),
      logs: new Map([[ORIGIN, [log.verifier]]]),
      say: () => undefined,
      store: {
        tree: () => Promise.resolve(undefined),
        saveFork: () => Promise.resolve(true),
        forks: () => Promise.resolve([]),
        saveTree: async (_origin, { size }) => {
          await new Promise((done) => setTimeout(done, size === 9 ? 50 : 1));
          saved.push(size);
        },
      },
    });
    // The race of c2sp.org/tlog-witness: B passes A between the check of A and its write.
    const answers = await Promise.all([
      over.addCheckpoint(log.request(0, 9)),
      over.addCheckpoint(log.request(0, 12)),
      over.addCheckpoint(log.request(9, 12)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200]);
    expect(saved).toEqual([9, 12]);
  });
});
