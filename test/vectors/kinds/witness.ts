import { readFileSync } from 'node:fs';
import { startWitness } from '../../../apps/verifier/src/witness/witness.fixture.js';
import { noteVerifierOf } from '../../../src/domain/tlog/index.js';
import type { CaseResult, VectorFile } from './kind.js';

/** The keys of the logs in published requests, which the requests do not hold; a key's name is its log's origin. */
const KNOWN_LOGS = [
  'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP',
].map((vkey) => noteVerifierOf(vkey));

interface Exchange {
  readonly body: string;
  readonly status: number;
  readonly asserts: readonly string[];
}

/** Sends the requests of a file, in its order, over HTTP to one new witness. */
export async function witnessRequests({ path }: VectorFile): Promise<CaseResult[]> {
  const witness = await startWitness(KNOWN_LOGS.map((verifier) => ({ origin: verifier.name, verifier })));
  try {
    const results: CaseResult[] = [];
    for (const exchange of exchangesOf(readFileSync(path, 'utf8'))) {
      const { status, body } = await witness.post(exchange.body);
      const expected = `${exchange.status} ${exchange.asserts.join(', ')}`;
      const ok = isStatus(exchange, status, body) && exchange.asserts.every((assert) => holds(assert, body));
      results.push({ name: `request ${results.length + 1}`, ok, expected, got: `${status} ${JSON.stringify(body)}` });
    }
    return results;
  } finally {
    await witness.stop();
  }
}

/** A file of hurl.dev: after each POST its body between fences, the status, and asserts about the answer. */
function exchangesOf(file: string): Exchange[] {
  const found = file.matchAll(
    /^POST [^\n]*\/add-checkpoint\n```\n(.*?)^```\nHTTP ([0-9]{3})\n(?:\[Asserts\]\n((?:body [^\n]*\n)*))?/gms,
  );
  const exchanges = [...found].map(([, body = '', status, asserts = '']) => ({
    body,
    status: Number(status),
    asserts: asserts.split('\n').filter((line) => line !== ''),
  }));
  const requests = file.match(/^POST /gm)?.length ?? 0;
  if (exchanges.length === requests && requests > 0) return exchanges;
  throw new Error(`${exchanges.length} of ${requests} requests could be read`);
}

/**
 * c2sp.org/tlog-witness answers 404 to a log that is not followed; requests of its drafts expect a 403 that says so
 * (docs/decisions/0008-witness-answers.md).
 */
function isStatus({ status, asserts }: Exchange, got: number, body: string): boolean {
  const ofDraft = status === 403 && asserts.includes('body contains "unknown log"');
  return got === status || (ofDraft && got === 404 && body === 'unknown log\n');
}

function holds(assert: string, body: string): boolean {
  const [, operator, text = ''] = /^body (contains|==) (".*")$/.exec(assert) ?? [];
  if (operator === undefined) throw new Error(`the assert ${JSON.stringify(assert)} is not known`);
  const expected = JSON.parse(text) as string;
  return operator === '==' ? body === expected : body.includes(expected);
}
