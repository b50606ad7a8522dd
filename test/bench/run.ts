import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Installation } from './installation.js';
import { linesOf } from './print.js';
import { isMet, ratioOf, type Bench, type Result, type Row } from './row.js';
import { commission } from './rows/commission.js';
import { epcis } from './rows/epcis.js';
import { gas } from './rows/gas.js';
import { labels } from './rows/labels.js';
import { log } from './rows/log.js';
import { onePack } from './rows/one-pack.js';
import { pallet } from './rows/pallet.js';
import { query } from './rows/query.js';
import { recall } from './rows/recall.js';
import { receipt } from './rows/receipt.js';
import { root } from './rows/root.js';
import { verify } from './rows/verify.js';

/** In the order in which they run: first what needs no server, last what blocks the packs. */
const ROWS: Readonly<Record<string, Row>> = {
  root,
  gas,
  labels,
  verify,
  commission,
  'one-pack': onePack,
  epcis,
  pallet,
  log,
  receipt,
  query,
  recall,
};

/** `npm run bench [-- ROW...] [--json FILE] [--profile FOLDER]`; docs/operations/benchmarks.md says what it measures. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, profile: { type: 'string' } },
  });
  const unknown = positionals.filter((name) => !(name in ROWS));
  if (unknown.length > 0) {
    console.error(`Expected rows out of ${Object.keys(ROWS).join(', ')}; got ${unknown.join(', ')}.`);
    return 2;
  }
  const results: Result[] = [];
  let installation: Promise<Installation> | undefined;
  const note = (text: string): void => console.error(`# ${text}`);
  const bench: Bench = {
    note,
    installation: () => (installation ??= Installation.start(note, values.profile)),
  };
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
  try {
    for (const [name, row] of Object.entries(ROWS)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      for (const result of await row(bench)) {
        results.push(result);
        console.log(linesOf(result).join('\n') + '\n');
      }
    }
  } finally {
    await (await installation)?.stop();
  }
  const missed = results.filter(({ bars }) => !bars.every(isMet));
  console.log(missed.length === 0 ? 'Every bar is met.' : `${missed.length} of ${results.length} miss their bar.`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(report(results), null, 2) + '\n');
  return 0;
}

const report = (results: readonly Result[]) => ({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, bytes: totalmem(), node: process.version },
  results: results.map((result) => ({
    ...result,
    ratio: ratioOf(result),
    bars: result.bars.map((bar) => ({ ...bar, met: isMet(bar) })),
  })),
});

process.exitCode = await main();
