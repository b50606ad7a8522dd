import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  decodeEntryBundle,
  entryBundlePath,
  noteVerifier,
  openCheckpoint,
  tilePath,
  tilesOf,
} from '../../src/domain/tlog/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Exporter } from '../../src/transparency/export/exporter.js';
import { ExportTarget } from '../../src/transparency/export/export-target.js';
import { FolderTarget } from '../../src/transparency/export/folder-target.js';
import { type S3Patience, S3Target } from '../../src/transparency/export/s3-target.js';
import { GrowingTree } from '../../src/transparency/log/growing-tree.js';
import { leafHashesOf } from '../../src/transparency/log/hashing.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { S3Fake, S3_KEYS } from './s3-fake.js';
import { ORIGIN, TestPostgres, append, entryOf } from './transparency-fixture.js';

const postgres = new TestPostgres();
const scratch = mkdtempSync(join(tmpdir(), 'halisi-export-'));
beforeAll(() => postgres.start());
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await postgres.stop();
});

const signer = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));
let folders = 0;
const newFolder = (): string => join(scratch, `copy-${++folders}`);
const exporterOf = (database: Database, target: ExportTarget) =>
  new Exporter(database, new LogReader(database), 0, target);

/** Appends entries, integrates them and signs, which publishes. */
async function grow(database: Database, count: number): Promise<void> {
  await append(database, count);
  const integrator = new Integrator(database, 0);
  while ((await integrator.step())?.entries !== 0);
  await new CheckpointService(database, new LogReader(database), signer).sign(0);
}

/** Reads a copy as a stranger does; throws where anything is missing or does not lead to the signed root. */
function sizeOfCopy(read: (path: string) => Buffer): number {
  const { checkpoint } = openCheckpoint(read('checkpoint').toString(), ORIGIN, [noteVerifier(signer.vkey)]);
  const tree = new GrowingTree(0, []);
  for (const tile of tilesOf(checkpoint.size)) {
    const hashes = read(tilePath(tile));
    expect(hashes.length).toBe(tile.width * 32);
    if (tile.level > 0) continue;
    const entries = Buffer.concat(decodeEntryBundle(read(entryBundlePath(tile)), tile.width));
    const first = tile.index * 256;
    expect(entries.equals(Buffer.concat(Array.from({ length: tile.width }, (_, i) => entryOf(first + i))))).toBe(true);
    const leaves = leafHashesOf(entries);
    expect(hashes.equals(leaves)).toBe(true);
    tree.grow(leaves);
  }
  expect(tree.root()).toEqual(checkpoint.root);
  return checkpoint.size;
}

const sizeOfFolder = (folder: string): number => sizeOfCopy((path) => readFileSync(join(folder, path)));

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** A target that counts what is written, and dies where it is told to. */
class Watched extends ExportTarget {
  readonly parallel = 3;
  readonly place = 'watched';
  readonly written: string[] = [];
  constructor(
    private readonly inner: ExportTarget,
    private readonly lives = Number.MAX_SAFE_INTEGER,
  ) {
    super();
  }
  read(path: string): Promise<Uint8Array | null> {
    return this.inner.read(path);
  }
  settle(): Promise<void> {
    return this.inner.settle();
  }
  async write(path: string, bytes: Uint8Array, headers: Parameters<ExportTarget['write']>[2]): Promise<void> {
    if (this.written.length >= this.lives) throw new Error('killed');
    this.written.push(path);
    await this.inner.write(path, bytes, headers);
  }
}

describe('a static copy of the log in a folder', () => {
  it('is whole at every size, and only what is new is written again', async () => {
    const { database } = await postgres.database();
    const folder = newFolder();
    for (const [count, most] of [
      [0, 1],
      [1, 3],
      [255, 5],
      [1, 5],
      [3000, 30],
      [40, 6],
      [62_000, 600],
    ] as const) {
      await grow(database, count);
      const target = new Watched(new FolderTarget(folder));
      await exporterOf(database, target).export();
      expect(target.written.at(-1)).toBe('checkpoint');
      expect(target.written.length).toBeLessThanOrEqual(most);
      sizeOfFolder(folder);
    }
    expect(sizeOfFolder(folder)).toBe(65_297);
    const idle = new Watched(new FolderTarget(folder));
    expect(await exporterOf(database, idle).export()).toEqual({ size: 65_297, changed: false });
    expect(idle.written).toEqual([]);
    expect(filesOf(folder).filter((file) => file.endsWith('.new'))).toEqual([]);
  });

  it('goes on after a kill at any write, and shows no checkpoint whose tiles are missing', async () => {
    const { database } = await postgres.database();
    await grow(database, 300);
    const folder = newFolder();
    await exporterOf(database, new FolderTarget(folder)).export();
    await grow(database, 700);
    const whole = new Watched(new FolderTarget(newFolder()));
    await exporterOf(database, whole).export();
    for (let lives = 0; lives < whole.written.length; lives++) {
      const target = new Watched(new FolderTarget(folder), lives);
      await exporterOf(database, target)
        .export()
        .catch((error: Error) => expect(error.message).toBe('killed'));
      expect([300, 1000]).toContain(sizeOfFolder(folder));
    }
    await exporterOf(database, new FolderTarget(folder)).export();
    expect(sizeOfFolder(folder)).toBe(1000);
  });

  it('stops between two batches when its turn ends, and shows nothing that is not whole', async () => {
    const { database } = await postgres.database();
    await grow(database, 40_000);
    const folder = newFolder();
    const exporter = exporterOf(database, new FolderTarget(folder));
    for (const turns of [0, 1, 3]) {
      let asked = 0;
      expect(await exporter.export(() => ++asked <= turns)).toEqual({ size: 0, changed: false });
      expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
      expect(existsSync(folder)).toBe(turns > 0);
    }
    expect(await exporter.export()).toEqual({ size: 40_000, changed: true });
    expect(sizeOfFolder(folder)).toBe(40_000);
  });

  it('stops between two checkpoints when it is told to', async () => {
    const { database } = await postgres.database();
    await grow(database, 131_100);
    await grow(database, 10);
    const folder = newFolder();
    const exporter = exporterOf(database, new FolderTarget(folder));
    expect(await exporter.export(() => !existsSync(join(folder, 'checkpoint')))).toEqual({
      size: 131_100,
      changed: true,
    });
    expect(sizeOfFolder(folder)).toBe(131_100);
    expect(await exporter.export()).toEqual({ size: 131_110, changed: true });
  });

  it('takes cosignatures that came later with it', async () => {
    const { database } = await postgres.database();
    await grow(database, 5);
    const folder = newFolder();
    const exporter = exporterOf(database, new FolderTarget(folder));
    await exporter.export();
    const line = '— witness.example/w AAAAAAAA';
    await database.execute(
      'test-cosign',
      `insert into cosignature (log, size, name, key_id, line, cosigned_at) values (0, 5, 'w', 1, $1, now())`,
      [line],
    );
    expect(await exporter.export()).toEqual({ size: 5, changed: true });
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8').endsWith(`\n${line}\n`)).toBe(true);
  });

  it('is never made over a copy of another log, a longer one, or one with another history', async () => {
    const { database } = await postgres.database();
    await grow(database, 400);
    const folder = newFolder();
    const exporter = exporterOf(database, new FolderTarget(folder));
    await exporter.export();
    const good = readFileSync(join(folder, 'checkpoint'), 'utf8');
    const [, size, root] = good.split('\n') as [string, string, string];
    const cases = [
      [good.replace(ORIGIN, 'log.example.org/other'), 'EXPORT_OTHER_LOG'],
      [good.replace(`\n${size}\n`, '\n401\n'), 'EXPORT_NOT_A_PREFIX'],
      [good.replace(`\n${size}\n`, '\n399\n'), 'EXPORT_NOT_A_PREFIX'],
      [good.replace(root, Buffer.alloc(32).toString('base64')), 'EXPORT_NOT_A_PREFIX'],
      ['Hello.', 'EXPORT_TARGET_UNREADABLE'],
    ] as const;
    await grow(database, 1);
    for (const [text, code] of cases) {
      const before = filesOf(folder).length;
      const longer = text.includes('\n401\n') ? text.replace('\n401\n', '\n999\n') : text;
      writeFileSync(join(folder, 'checkpoint'), longer);
      await expect(exporter.export()).rejects.toMatchObject({ code });
      expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe(longer);
      expect(filesOf(folder)).toHaveLength(before);
    }
  });

  it('never goes back when two processes write it', async () => {
    const { database } = await postgres.database();
    await grow(database, 10);
    const folder = newFolder();
    const rival = new Watched(new FolderTarget(folder));
    let overtaken = false;
    const slow = new (class extends Watched {
      override async write(...call: Parameters<ExportTarget['write']>): Promise<void> {
        await super.write(...call);
        if (overtaken) return;
        overtaken = true;
        await grow(database, 10);
        await exporterOf(database, rival).export();
      }
    })(new FolderTarget(folder));
    await expect(exporterOf(database, slow).export()).rejects.toMatchObject({ code: 'EXPORT_TARGET_MOVED' });
    expect(sizeOfFolder(folder)).toBe(20);
  });

  it('shows nothing of a log whose entries do not lead to its signed root', async () => {
    const { database, thief } = await postgres.database();
    await grow(database, 600);
    await thief.query('set session_replication_role = replica');
    await thief.query(`update log_entry set entry = overlay(entry placing '\\x0102'::bytea from 5) where position = 7`);
    const folder = newFolder();
    const target = new FolderTarget(folder);
    await expect(exporterOf(database, target).export()).rejects.toMatchObject({ code: 'EXPORT_LOG_DAMAGED' });
    expect(await target.read('checkpoint')).toBeNull();
  });
});

describe('a static copy of the log in an S3-compatible store', () => {
  const QUICK: S3Patience = { timeoutMs: 150, attempts: 4, pauseMs: 2 };
  let store: S3Fake;
  let endpoint: string;
  let database: Database;
  beforeAll(async () => {
    ({ database } = await postgres.database());
    await grow(database, 9000);
  });
  beforeEach(async () => {
    store = new S3Fake('evidence');
    endpoint = await store.start();
  });
  afterEach(() => store.stop());

  const target = (keys: Partial<typeof S3_KEYS> = {}, bucket = 'evidence') =>
    new S3Target(bucket, 'logs/a b', { ...S3_KEYS, ...keys, endpoint }, QUICK);
  const sizeOfStore = () => sizeOfCopy((path) => store.objects.get(`logs/a b/${path}`)?.bytes ?? Buffer.alloc(0));

  it('holds nobody up once it is closed, however long it may wait for the store', async () => {
    store.trouble = () => 'silence';
    const patient = new S3Target('evidence', '', { ...S3_KEYS, endpoint }, { ...QUICK, timeoutMs: 600_000 });
    const reading = expect(patient.read('checkpoint')).rejects.toMatchObject({ code: 'EXPORT_STORE_FAILED' });
    setTimeout(() => patient.close(), 100);
    await reading;
    await expect(patient.read('checkpoint')).rejects.toMatchObject({ code: 'EXPORT_STORE_FAILED' });
  });

  it('has the same files, with the headers that readers need, by few requests at once', async () => {
    expect(await exporterOf(database, target()).export()).toEqual({ size: 9000, changed: true });
    expect(sizeOfStore()).toBe(9000);
    expect(store.objects.get('logs/a b/tile/0/000')).toMatchObject({
      contentType: 'application/octet-stream',
      cacheControl: 'public, max-age=31536000, immutable',
    });
    expect(store.objects.get('logs/a b/checkpoint')).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      cacheControl: 'no-cache',
    });
    expect(store.busiest).toBeGreaterThan(4);
    expect(store.busiest).toBeLessThanOrEqual(24);
    expect(store.requests.at(-1)).toBe('PUT logs/a b/checkpoint');
  });

  it.each(['slow-down', 'internal-error', 'silence', 'cut'] as const)(
    'is whole in spite of a store with %s',
    async (trouble) => {
      const seen = new Map<string, number>();
      store.trouble = (method, key) => {
        const times = (seen.get(method + key) ?? 0) + 1;
        seen.set(method + key, times);
        return times <= 2 && key.length % 7 < 3 ? trouble : undefined;
      };
      await exporterOf(database, target()).export();
      expect([...seen.values()].some((times) => times > 2)).toBe(true);
      expect(sizeOfStore()).toBe(9000);
    },
  );

  it('gives up on a store that keeps failing, shows no checkpoint, and goes on later', async () => {
    store.trouble = (method, key) => (method === 'PUT' && key.endsWith('tile/0/030') ? 'slow-down' : undefined);
    await expect(exporterOf(database, target()).export()).rejects.toMatchObject({
      code: 'EXPORT_STORE_FAILED',
      message: expect.stringContaining('503 SlowDown') as string,
    });
    expect(store.objects.has('logs/a b/checkpoint')).toBe(false);
    store.trouble = () => undefined;
    await exporterOf(database, target()).export();
    expect(sizeOfStore()).toBe(9000);
  });

  it.each([
    ['another secret', { secretAccessKey: 'not it' }, 'SignatureDoesNotMatch'],
    ['an unknown key', { accessKeyId: 'AKIANOBODY' }, 'InvalidAccessKeyId'],
    ['another region', { region: 'us-west-2' }, 'AuthorizationHeaderMalformed'],
  ])('is refused at once with %s', async (_what, keys, code) => {
    await expect(exporterOf(database, target(keys)).export()).rejects.toMatchObject({
      code: 'EXPORT_STORE_REFUSED',
      message: expect.stringContaining(code) as string,
    });
    expect(store.refusals).toEqual([code]);
    expect(store.objects.size).toBe(0);
  });

  it('does not begin anew where the bucket is gone', async () => {
    await expect(exporterOf(database, target({}, 'other')).export()).rejects.toMatchObject({
      code: 'EXPORT_STORE_REFUSED',
      message: expect.stringContaining('NoSuchBucket') as string,
    });
  });
});
