import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { brokenDocuments } from '../support/broken-documents.js';
import { commissioning, documentOf, EpcisClient, type Job } from '../support/epcis-client.js';
import { startApp, type TestApp } from '../support/start-app.js';

const SEED = 20_261_201;
/** How far the memory of the process may grow, with client and server in it. */
const BOUND_BYTES = 400 * 2 ** 20;
const MIB = 2 ** 20;
/** The size of a streamed body: a gigabyte where HALISI_GIGABYTE is set, else enough to show that it is not kept. */
const LARGE_BYTES = process.env['HALISI_GIGABYTE'] === undefined ? 96 * MIB : 1024 * MIB;
const LIMIT_BYTES = process.env['HALISI_GIGABYTE'] === undefined ? 64 * MIB : 2048 * MIB;

let app: TestApp;
let maker: EpcisClient;
let before: number;

beforeAll(async () => {
  app = await startApp({ demo: true, env: { EPCIS_CAPTURE_FILE_SIZE_LIMIT: String(LIMIT_BYTES) } });
  maker = await EpcisClient.as(app, 'operator@kilimani.example');
  await maker.capture(documentOf([commissioning(['WARM'])]));
  before = process.memoryUsage().rss;
});
afterAll(() => app.close());

let healthy = 0;
/** The server still does its work. */
async function answersTheNext(): Promise<void> {
  const job = await maker.capture(documentOf([commissioning([`HEALTHY${healthy++}`])]));
  expect(job).toMatchObject({ success: true, 'halisi:counts': { captured: 1 } });
}

const grown = (): number => process.memoryUsage().rss - before;

describe('a document broken on purpose', () => {
  const documents = brokenDocuments(SEED);

  it('is one of a hundred', () => expect(documents).toHaveLength(100));

  it.each(documents.map((document, at) => [at, document.how, document] as const))(
    'number %i (%s) is refused at the door or by its job, and the next one is captured',
    async (_, __, { mediaType, body }) => {
      const answer = await maker.post(body as unknown as string, {
        'content-type': mediaType,
        accept: 'application/json',
      });
      expect(answer.status).toBeLessThan(500);
      if (answer.status === 202) {
        const job: Job = await maker.ended(answer.headers.get('location')!);
        for (const { status } of job.errors) expect(status).toBeLessThan(500);
      } else {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await answer.json()).toMatchObject({
          type: expect.stringMatching(/^epcisException:/),
          code: expect.any(String),
        });
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  it('stops nobody: the next document is captured, and memory has not grown beyond its bound', async () => {
    await answersTheNext();
    expect(grown()).toBeLessThan(BOUND_BYTES);
  });
});

/** So many bytes, made as they are asked for. */
const streamed = (head: string, filler: string, tail: string, bytes: number): ReadableStream => {
  const chunk = new TextEncoder().encode(filler.repeat(Math.ceil(65_536 / filler.length)));
  let left = bytes;
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(head)),
    pull(controller) {
      if (left > 0) controller.enqueue(chunk);
      else {
        controller.enqueue(encoder.encode(tail));
        controller.close();
      }
      left -= chunk.length;
    },
  });
};

const HEAD = JSON.stringify(documentOf([])).slice(0, -3);

describe('a document that is refused before it was read to its end', () => {
  it('leaves its connection to the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (body: string) =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const sent = request(`${app.url}/epcis/capture`, {
          agent,
          method: 'POST',
          headers: { authorization: `Bearer ${maker.token}`, 'content-type': 'application/json' },
        });
        sent.on('error', reject).on('response', (answer) => {
          const { localPort: port } = sent.socket!;
          answer.resume().on('end', () => resolve({ status: answer.statusCode, port }));
        });
        sent.end(body);
      });
    const refused = await send(`]${' '.repeat(500_000)}`);
    expect(refused.status).toBe(400);
    // Longer than a connection lingers that does not come to its end.
    await delay(6000);
    const next = await send(JSON.stringify(documentOf([])));
    expect(next).toEqual({ status: 202, port: refused.port });
    agent.destroy();
  });
});

describe('a body that is larger than memory should be', () => {
  it('is refused while it comes, and the next request is answered', async () => {
    const status = await maker.post(streamed(HEAD, ' ', ']}}', Math.max(LARGE_BYTES, LIMIT_BYTES + MIB)) as never).then(
      (answer) => answer.status,
      () => 'cut off' as const,
    );
    expect([413, 'cut off']).toContain(status);
    await answersTheNext();
    expect(grown()).toBeLessThan(BOUND_BYTES);
  });

  it('is taken in where the limit allows it, in bounded memory', async () => {
    const event = JSON.stringify(commissioning(['BIG'], { eventTime: 'never' }));
    const answer = await maker.post(streamed(`${HEAD}${event}`, `,${event}`, ']}}', LARGE_BYTES / 3) as never);
    expect(answer.status).toBe(202);
    const job = await maker.ended(answer.headers.get('location')!);
    expect(job.success).toBe(false);
    expect(job.errors.length).toBeLessThanOrEqual(100);
    await answersTheNext();
    expect(grown()).toBeLessThan(BOUND_BYTES);
  }, 900_000);

  it('is refused as one event, and as one header', async () => {
    for (const [head, tail] of [
      [`${HEAD}{"type":"`, '"}]}}'],
      ['{"type":"', '"}'],
    ] as const) {
      const answer = await maker.post(streamed(head, 'x', tail, 48 * MIB) as never);
      expect(answer.status).toBe(413);
      await answer.body?.cancel();
    }
    await answersTheNext();
    expect(grown()).toBeLessThan(BOUND_BYTES);
  });

  it('is not waited for when its client goes away', async () => {
    const gone = new AbortController();
    const sent = fetch(`${app.url}/epcis/capture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${maker.token}`, 'content-type': 'application/json' },
      body: streamed(HEAD, ' ', ']}}', LARGE_BYTES),
      duplex: 'half',
      signal: gone.signal,
    } as RequestInit);
    setTimeout(() => gone.abort(), 50);
    await expect(sent).rejects.toThrow();
    await answersTheNext();
  });
});
