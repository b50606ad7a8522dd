import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { Transparency } from '../../src/transparency/transparency.service.js';
import { S3Fake, S3_KEYS } from '../integration/s3-fake.js';
import { append } from '../integration/transparency-fixture.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { fsck, fsckProgram } from './fsck.js';

const program = await fsckProgram();
const where = program === null ? describe.skip : describe;
const STEPS = [1, 255, 300, 5000];
const SIZE = 5556;

where('an implementation by others (Tessera fsck), on static copies that the worker and the command keep', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halisi-copy-'));
  const store = new S3Fake('evidence');
  let app: TestApp;
  let files: Server;
  let endpoint: string;
  beforeAll(async () => {
    app = await startApp({ env: { LOG_EXPORT: join(folder, 'log'), LOG_EXPORT_INTERVAL_MS: '100' } });
    let size = 0;
    for (const count of STEPS) {
      await append(app.database, count);
      size += count;
      await eventually('a checkpoint', async () => (await latestPublished(app.database, 0))?.size === size);
    }
    files = createServer((request, response) => {
      readFile(join(folder, decodeURIComponent(request.url ?? ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    endpoint = await store.start();
  });
  afterAll(async () => {
    await app.close();
    await store.stop();
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const urlOf = (path: string): string => `http://127.0.0.1:${(files.address() as AddressInfo).port}/${path}/`;
  const known = () => {
    const { origin, keys } = app.get(Transparency).identity;
    return { origin, vkey: keys[0]! };
  };
  /** `npm run export`, on the database of the application. */
  async function command(place: string, env: Record<string, string> = {}): Promise<string> {
    const args = ['--disable-warning=ExperimentalWarning', 'dist/src/transparency/export/export.main.js', place];
    const { url, migrationUrl } = app.config.database;
    const own = { PATH: process.env['PATH'], DATABASE_URL: url, DATABASE_MIGRATION_URL: migrationUrl, ...env };
    return (await promisify(execFile)(process.execPath, args, { env: own })).stdout;
  }

  it('reads the folder behind a plain file server', async () => {
    await eventually('the copy', async () =>
      (await readFile(join(folder, 'log/checkpoint'), 'utf8')).includes(`\n${SIZE}\n`),
    );
    expect(await fsck(program!, urlOf('log'), known())).toMatchObject({ size: SIZE });
  });

  it('reads what the command made', async () => {
    await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
    const place = join(folder, 'by-command');
    expect(await command(place)).toBe(`${place} holds ${SIZE} entries.\n`);
    expect(await command(place)).toBe(`${place} holds ${SIZE} entries, as before.\n`);
    expect(await fsck(program!, urlOf('by-command'), known())).toMatchObject({ size: SIZE });
    const keys = {
      AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
      AWS_REGION: S3_KEYS.region,
      AWS_ENDPOINT_URL: endpoint,
    };
    expect(await command('s3://evidence/halisi/', keys)).toBe(`s3://evidence/halisi holds ${SIZE} entries.\n`);
    expect(store.objects.get('halisi/checkpoint')?.bytes).toEqual(await readFile(join(place, 'checkpoint')));
    await expect(command('s3://elsewhere/halisi', keys)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('EXPORT_STORE_REFUSED') as string,
    });
  });
});
