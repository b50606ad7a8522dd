import { setTimeout as delay } from 'node:timers/promises';
import type { Installation } from '../installation.js';
import { FACTORY } from '../places.js';
import { drive } from '../http-load.js';
import type { Result, Row } from '../row.js';
import { copyAgain, rowsBetween } from '../same-rows.js';
import { epcOf, LOT, registerLot } from '../stock.js';

const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const LOT_NUMBER = 'BENCH-EPCIS';
const SIZES: readonly { events: number; documents: number; connections: number }[] = [
  { events: 1, documents: 6000, connections: 64 },
  { events: 10, documents: 1200, connections: 16 },
  { events: 500, documents: 40, connections: 4 },
];
const MILLION = { events: 1000, packs: 1000 };
const LOOK_EVERY_MS = 50;

/** Documents of one-pack events through `/epcis/capture`, then one document of a million EPCs. */
export const epcis: Row = async (bench) => {
  const installation = await bench.installation();
  await registerLot(installation, LOT_NUMBER, 10_000_000);
  const results: Result[] = [];
  for (const size of SIZES) results.push(await inDocumentsOf(installation, size));
  return [...results, await million(installation)];
};

let serial = 0;
const nextEpcs = (count: number): string[] => Array.from({ length: count }, () => epcOf(`E${serial++}`));

const commissioning = (packs: number): string =>
  JSON.stringify({
    type: 'ObjectEvent',
    eventTime: new Date().toISOString(),
    eventTimeZoneOffset: '+00:00',
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'active',
    readPoint: { id: `https://id.gs1.org/414/${FACTORY.site}` },
    bizLocation: { id: `https://id.gs1.org/414/${FACTORY.site}` },
    epcList: nextEpcs(packs),
    ilmd: { 'cbvmda:lotNumber': LOT_NUMBER, 'cbvmda:itemExpirationDate': LOT.expiry },
  });

function* documentOf(events: number, packs: number): Generator<string> {
  yield `{"@context":["${CONTEXT}"],"type":"EPCISDocument","schemaVersion":"2.0",`;
  yield `"creationDate":"${new Date().toISOString()}","epcisBody":{"eventList":[`;
  for (let event = 0; event < events; event++) yield (event === 0 ? '' : ',') + commissioning(packs);
  yield ']}}';
}

async function inDocumentsOf(
  installation: Installation,
  { events, documents, connections }: (typeof SIZES)[number],
): Promise<Result> {
  const start = performance.now();
  const { p50, p99 } = await drive({
    url: installation.url,
    connections,
    warmUp: 0,
    count: documents,
    token: () => installation.tokens.factory,
    next: () => ({ path: '/epcis/capture', body: [...documentOf(events, 1)].join('') }),
  });
  await allJobsFinished(installation);
  const rate = (events * documents) / ((performance.now() - start) / 1000);
  return {
    row: 'epcis',
    work: `one-pack events through /epcis/capture, documents of ${events}, ${connections} clients, until all are stored; times until accepted`,
    value: rate,
    unit: 'events/s',
    p50,
    p99,
    bars: events >= 100 ? [{ what: 'events/s', bar: 6000, got: rate, sense: 'at least' }] : [],
  };
}

async function million(installation: Installation): Promise<Result> {
  const { url, tokens, database } = installation;
  const first = await installation.logEnd();
  const memory = watchMemory(url);
  const start = performance.now();
  const response = await fetch(`${url}/epcis/capture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.factory}`, 'content-type': 'application/ld+json' },
    body: ReadableStream.from(encoded(documentOf(MILLION.events, MILLION.packs))),
    duplex: 'half',
  });
  if (response.status !== 202) throw new Error(`Expected 202, got ${response.status}: ${await response.text()}`);
  const accepted = performance.now() - start;
  await allJobsFinished(installation);
  const seconds = (performance.now() - start) / 1000;
  const grown = await memory.stop();
  const rows = rowsBetween(first, (await installation.logEnd()) - 1, 'commissioned_in');
  const packs = MILLION.events * MILLION.packs;
  const copied = (await copyAgain(database, rows)) / 1000;
  return {
    row: 'epcis',
    work:
      `one document of ${packs.toLocaleString('en')} EPCs: accepted after ${(accepted / 1000).toFixed(1)} s, stored after ` +
      `${seconds.toFixed(1)} s, the server's memory grew by ${Math.round(grown / 2 ** 20)} MiB at most`,
    value: packs / seconds,
    unit: 'packs/s',
    ceiling: { what: 'binary COPY of the same rows into the same tables', value: packs / copied },
    bars: [],
  };
}

function* encoded(texts: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const text of texts) yield encoder.encode(text);
}

/** How far the resident memory of the server rises above what it is now. */
function watchMemory(url: string): { stop(): Promise<number> } {
  const seen: number[] = [];
  let on = true;
  const looking = (async () => {
    while (on) {
      const text = await (await fetch(`${url}/metrics`)).text();
      seen.push(Number(/^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)![1]));
      await delay(LOOK_EVERY_MS);
    }
  })();
  return {
    async stop() {
      on = false;
      await looking;
      return Math.max(...seen) - seen[0]!;
    },
  };
}

async function allJobsFinished({ database }: Installation): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ open: number }>(
      'select count(*)::int as open from capture_job where finished_at is null',
    );
    if (rows[0]!.open === 0) break;
    await delay(LOOK_EVERY_MS);
  }
  const { rows } = await database.query<{ errors: unknown }>(
    `select errors from capture_job where errors::text not in ('[]', 'null') limit 1`,
  );
  if (rows.length > 0) throw new Error(`A document was not stored: ${JSON.stringify(rows[0]!.errors).slice(0, 1000)}`);
}
