import fc from 'fast-check';
import pg from 'pg';
import {
  decodeEntryBundle,
  entryBundlePath,
  noteVerifier,
  openCheckpoint,
  tilePath,
  tilesOf,
} from '../../src/domain/tlog/index.js';
import { latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { Transparency } from '../../src/transparency/transparency.service.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { append, entryOf } from './transparency-fixture.js';

let app: TestApp;
const SIZE = 66_000;
beforeAll(async () => {
  app = await startApp();
  await append(app.database, SIZE);
  await published(SIZE);
});
afterAll(() => app.close());

const get = (path: string, init?: RequestInit) => fetch(new URL(`/log/${path}`, app.url), init);
const published = (size: number) =>
  eventually(`a checkpoint of ${size}`, async () => (await latestPublished(app.database, 0))?.size === size);

describe('the log over HTTP', () => {
  it('serves every tile and entry bundle of a published tree, bytes and length', async () => {
    for (const tile of tilesOf(SIZE).filter(
      ({ level, index, width }) => level > 0 || width < 256 || index % 61 === 0,
    )) {
      const answer = await get(tilePath(tile));
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, tile.width * 32]);
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    const width = SIZE % 256;
    const index = Math.floor(SIZE / 256);
    const bundle = new Uint8Array(await (await get(entryBundlePath({ index, width }))).arrayBuffer());
    const entries = decodeEntryBundle(bundle, width);
    expect(Buffer.from(entries[7]!)).toEqual(entryOf(index * 256 + 7));
  });

  it('serves a full tile also at the widths that earlier trees had of it', async () => {
    const full = Buffer.from(await (await get('tile/0/000')).arrayBuffer());
    const partial = Buffer.from(await (await get('tile/0/000.p/7')).arrayBuffer());
    expect(partial).toEqual(full.subarray(0, 7 * 32));
  });

  it('serves the checkpoint as text that no cache keeps for good', async () => {
    const answer = await get('checkpoint');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const { origin, keys } = app.get(Transparency).identity;
    const { checkpoint } = openCheckpoint(await answer.text(), origin, [noteVerifier(keys[0]!)]);
    expect(checkpoint.size).toBe(SIZE);
  });

  it.each(['checkpoint', 'tile/0/000', 'tile/entries/000'])('answers conditions and HEAD on %s', async (path) => {
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const length = String((await first.arrayBuffer()).byteLength);
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(path, { headers: { 'if-none-match': held } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const head = await get(path, { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag]);
    expect(head.headers.get('content-length')).toBe(length);
  });

  it('may be read by a page that was saved and opened from disk, refusals too', async () => {
    const paths = ['/log/checkpoint', '/log/tile/0/000', '/log/tile/0/nothing', '/.well-known/halisi.json'];
    for (const path of paths) {
      const answer = await fetch(new URL(path, app.url), { headers: { origin: 'null' } });
      expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, '*']);
    }
  });

  it('shows nothing of what is integrated and not published', async () => {
    const client = new pg.Client(app.superuser);
    await client.connect();
    try {
      await client.query(`create function hide() returns trigger language plpgsql as $$ begin return null; end $$`);
      await client.query('create trigger hide before insert on publication for each row execute function hide()');
      await append(app.database, 30);
      await eventually('the integration', async () => {
        const [row] = await app.database.query<{ size: number }>('test-tree', 'select size from tree');
        return row?.size === SIZE + 30;
      });
      const index = Math.floor(SIZE / 256);
      const hidden = (SIZE % 256) + 1;
      for (const kind of ['0', 'entries']) {
        expect((await get(`tile/${kind}/${index}.p/${hidden}`)).status).toBe(404);
        expect((await get(`tile/${kind}/${index}.p/${hidden - 1}`)).status).toBe(200);
      }
      expect(await (await get('checkpoint')).text()).toContain(`\n${SIZE}\n`);
    } finally {
      await client.query('drop trigger hide on publication; drop function hide');
      await client.end();
    }
    await append(app.database, 1);
    await published(SIZE + 31);
  });

  it('answers 404 in words to what a log of this size does not have', async () => {
    const absent = ['tile/0/999', 'tile/1/001', 'tile/2/000.p/2', 'tile/3/000', 'tile/63/000', 'tile/entries/x001/000'];
    for (const path of absent) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
  });

  it('refuses every other spelling of a path, and never fails', async () => {
    const wrong = ['tile/0/0', 'tile/00/000', 'tile/0/x000/000', 'tile/64/000', 'tile/0/000.p/0', 'tile/0/000.p/256'];
    wrong.push('tile/0/000.p/07', 'tile/0/%3000', 'tile/entries/000.p/', 'tile/-1/000', 'tile/0/000/', 'tile/');
    for (const path of wrong) expect([path, (await get(path)).status]).toEqual([path, 404]);
    const character = fc.constantFrom(...'0123456789xp./%-entries');
    const path = fc.oneof(fc.string({ unit: character, maxLength: 40 }), fc.webPath());
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const { status } = await get(`tile/${text.replace(/^\/+/, '')}`);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});
