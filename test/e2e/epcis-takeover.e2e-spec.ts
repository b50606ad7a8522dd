import { randomUUID } from 'node:crypto';
import { EPCIS_CONTEXT_URL } from '../../src/domain/epcis/context.js';
import { commissioning, documentOf, EpcisClient, type Job } from '../support/epcis-client.js';
import { startApp, type TestApp } from '../support/start-app.js';

let one: TestApp;
let two: TestApp;
let atOne: EpcisClient;
let atTwo: EpcisClient;

beforeAll(async () => {
  one = await startApp({ demo: true });
  two = await startApp({ beside: one });
  atOne = await EpcisClient.as(one, 'operator@kilimani.example');
  atTwo = new EpcisClient(two.url, atOne.token);
});
afterAll(async () => {
  await two.close();
  await one.close();
});

/** What a process leaves that accepted a document and was killed: the job, and a lease that has not run out. */
async function leftBehind(serial: string, attempts = 0): Promise<string> {
  const [maker] = await one.database.query<{ id: number }>(
    'test-maker',
    `select organisation_id as id from person where email = 'operator@kilimani.example'`,
  );
  const id = randomUUID();
  const actor = {
    organisationId: maker!.id,
    organisationRole: 'manufacturer',
    subject: { kind: 'person', id: 1 },
    roles: ['operator'],
    tokenId: 'gone',
  };
  await one.database.execute(
    'test-lease',
    `insert into lease (name, holder, until) values ($1, gen_random_uuid(), now() + interval '2 seconds')
     on conflict (name) do update set holder = excluded.holder, until = excluded.until`,
    [`capture of ${maker!.id}`],
  );
  const body = Buffer.from(JSON.stringify(documentOf([commissioning([serial])])));
  await one.database.execute(
    'test-job',
    `insert into capture_job (id, organisation_id, actor, behaviour, media_type, bytes, events, header, body, attempts)
     values ($1, $2, $3, 'rollback', 'application/json', $4, 0, $5, $6, $7)`,
    [
      id,
      maker!.id,
      JSON.stringify(actor),
      body.length,
      JSON.stringify({ type: 'EPCISDocument', '@context': [EPCIS_CONTEXT_URL] }),
      body,
      attempts,
    ],
  );
  return id;
}

describe('a job whose process was killed', () => {
  it('is taken up by another process, before what came later', async () => {
    const id = await leftBehind('KILLED1');
    const later = await atTwo.capture(documentOf([commissioning(['LATER1'])]));
    const earlier = (await (await atOne.ask(`/epcis/capture/${id}`)).json()) as Job;
    expect(earlier).toMatchObject({ running: false, success: true, 'halisi:counts': { captured: 1 } });
    expect(Date.parse(earlier.finishedAt!)).toBeLessThanOrEqual(Date.parse(later.finishedAt!));
  });

  it('stores nothing twice where it had stored its events already', async () => {
    await atOne.capture(documentOf([commissioning(['KILLED2'])]));
    const job = await atTwo.ended(`/epcis/capture/${await leftBehind('KILLED2')}`);
    expect(job).toMatchObject({ success: true, 'halisi:counts': { captured: 0, duplicates: 1 } });
  });

  it('is given up, and the next one runs, where it fails again and again', async () => {
    const job = await atTwo.ended(`/epcis/capture/${await leftBehind('KILLED3', 25)}`);
    expect(job).toMatchObject({
      success: false,
      errors: [{ type: 'epcisException:ImplementationException', code: 'GIVEN_UP', status: 500 }],
    });
    expect(await atOne.capture(documentOf([commissioning(['KILLED4'])]))).toMatchObject({ success: true });
  });
});

describe('two processes', () => {
  it('run the jobs of one organisation in the order in which they were accepted, wherever that was', async () => {
    const pallet = (at: number) => ({
      ...commissioning([]),
      ilmd: undefined,
      epcList: undefined,
      eventTime: new Date(Date.UTC(2026, 10, 21, 6, at)).toISOString(),
      type: 'AggregationEvent',
      action: at % 2 === 0 ? 'ADD' : 'DELETE',
      bizStep: at % 2 === 0 ? 'packing' : 'unpacking',
      parentID: 'https://id.gs1.org/00/095210010000000123',
      childEPCs: ['https://id.gs1.org/01/09521001000017/21/TURNS'],
    });
    await atOne.capture(documentOf([commissioning(['TURNS'])]));
    const jobs: Promise<Job>[] = [];
    for (let at = 0; at < 12; at++) {
      const client = at % 3 === 0 ? atOne : atTwo;
      const answer = await client.post(JSON.stringify(documentOf([pallet(at)])));
      expect(answer.status).toBe(202);
      jobs.push(client.ended(answer.headers.get('location')!));
    }
    for (const job of await Promise.all(jobs)) {
      expect(job).toMatchObject({ success: true, errors: [], 'halisi:counts': { captured: 1, reported: 0 } });
    }
  });
});
