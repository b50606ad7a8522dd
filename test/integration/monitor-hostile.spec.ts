import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { Desk, ORIGIN, ServedLog, VKEY } from './monitor-fixture.js';

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

/** Sends bytes for ever. */
function flood(response: ServerResponse): void {
  const part = Buffer.alloc(65_536, 0x41);
  const more = (): void => {
    while (!response.destroyed && response.write(part));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

/** Sends a byte now and then. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write('a')), 50);
}

const tricks: Record<string, (response: ServerResponse, honest: Uint8Array) => void> = {
  flood,
  drip,
  silence: () => undefined,
  reset: (response) => response.destroy(),
  elsewhere: (response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
  circles: (response) => void response.writeHead(301, { location: '/checkpoint' }).end(),
  nowhere: (response) => void response.writeHead(302, { location: 'http://[' }).end(),
  'not found': (response) => void response.writeHead(404).end('no'),
  broken: (response) => void response.writeHead(500).end('no'),
  nothing: (response) => void response.end(),
  noise: (response, honest) => void response.end(honest.map((byte, i) => byte ^ (i * 37))),
  half: (response, honest) => void response.end(honest.subarray(0, honest.length >> 1)),
  twice: (response, honest) => void response.end(Buffer.concat([honest, honest])),
  'a lie about its length': (response, honest) => {
    response.writeHead(200, { 'content-length': String(honest.length + 9) });
    response.write(honest);
    setTimeout(() => response.destroy(), 20);
  },
  'a bomb': (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(50_000, 0x1f)),
};

const PATHS = [
  'checkpoint',
  'tile/0/000',
  'tile/0/002.p/88',
  'tile/1/000.p/2',
  'tile/entries/001',
  'tile/entries/002.p/88',
];

describe('halisi-verify monitor and a hostile server', () => {
  it.each(Object.keys(tricks))('neither breaks nor hangs: %s', async (trick) => {
    log.grow(600);
    for (const path of PATHS) {
      const honest = log.files.get(path)!;
      log.instead.clear();
      log.instead.set(path, (_request, response) => tricks[trick]!(response, honest));
      const look = await desk.look(log, '--patience', '0.2');
      expect([1, 3]).toContain(look.status);
      expect(look.checked).toBeLessThan(600);
      for (const { code } of look.alarms) await desk.run(log.url, '--acknowledge', code);
    }
    log.instead.clear();
    expect(await desk.look(log)).toMatchObject({ status: 0, size: 600, checked: 600 });
  });

  it('stops reading what is longer than it can be', async () => {
    log.grow(600);
    const codes = { checkpoint: 'CHECKPOINT_MALFORMED', 'tile/0/001': 'TILE_WRONG', 'tile/entries/001': 'ENTRY_WRONG' };
    for (const [path, code] of Object.entries(codes)) {
      log.instead.clear();
      log.instead.set(path, (_request, response) => flood(response));
      const look = await desk.look(log, '--patience', '20');
      expect(look.alarms).toMatchObject([{ code, message: expect.stringContaining('longer than') as string }]);
      await desk.run(log.url, '--acknowledge', code);
    }
  });

  it('neither breaks nor believes whatever bytes come as a checkpoint or as who it is', async () => {
    log.grow(5);
    const honest = Buffer.from(log.files.get('checkpoint')!).toString('latin1');
    const broken = fc
      .tuple(fc.nat(honest.length), fc.nat(3), fc.string({ maxLength: 8, unit: 'binary' }))
      .map(([at, cut, put]) => Buffer.from(honest.slice(0, at) + put + honest.slice(at + cut), 'latin1'));
    let runs = 0;
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(ORIGIN, VKEY));
    const claimed = fc.record(
      { origin: odd, keys: fc.oneof(odd, fc.array(odd)), url: odd, anchors: odd },
      { requiredKeys: [] },
    );
    const identities = fc.oneof(
      fc.json(),
      claimed.map((one) => JSON.stringify({ logs: [one] })),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, fc.uint8Array({ maxLength: 300 })), identities, async (note, identity) => {
        log.files.set('checkpoint', note);
        log.files.set('.well-known/halisi.json', Buffer.from(identity));
        const look = await desk.look(log);
        const same = Buffer.from(note).toString('latin1') === honest;
        expect(look.status).toBe(same ? 0 : 1);
        for (const { code } of look.alarms) await desk.run(log.url, '--acknowledge', code);
        const fresh = ['monitor', log.url, '--once', '--patience', '0.3', '--state', `${desk.folder}/${runs++}.json`];
        // 3: what it says of itself leads nowhere. Never 0.
        expect([1, 2, 3]).toContain((await runHere(fresh)).status);
      }),
      { numRuns: 40 },
    );
  });

  it('holds at most what its limits say of entries that are as long as can be', async () => {
    const long = Buffer.alloc(0xffff, 7);
    log.grow(256 * 12, () => long);
    const before = process.memoryUsage().rss;
    expect(await desk.look(log)).toMatchObject({ status: 0, checked: 256 * 12 });
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });
});
