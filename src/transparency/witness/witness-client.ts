import { utf8ToBytes } from '../../domain/bytes.js';
import { cosignatureTime, cosignatureVerifier } from '../../domain/tlog/cosignature.js';
import { formatAddCheckpoint, SIZE_CONTENT_TYPE } from '../../domain/tlog/witness.js';
import { formatSignatureLine, parseNote, parseSignatureLine, type NoteSignature } from '../../domain/tlog/index.js';
import type { AskedWitness } from './witness-policy.js';

/** Why a witness did not cosign. Stable: metrics and alarms carry it. */
export type WitnessProblem =
  'WITNESS_UNREACHABLE' | 'WITNESS_REFUSED' | 'WITNESS_ANSWER' | 'WITNESS_SIGNATURE' | 'WITNESS_AHEAD' | 'WITNESS_FORK';

/** A cosignature that was checked. */
export interface Cosignature {
  readonly name: string;
  readonly keyId: number;
  /** Signature line without its newline. */
  readonly line: string;
  readonly cosignedAt: Date;
}

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly cosignature: Cosignature }
  /** It has cosigned a tree of this size, another than it was asked from. */
  | { readonly kind: 'at'; readonly size: number }
  | { readonly kind: 'failed'; readonly problem: WitnessProblem; readonly why: string };

/** What is asked: to cosign `note`, from what the witness is thought to have. */
export interface WitnessQuestion {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
}

const TIMEOUT_MS = 5000;
const MOST_BYTES = 65_536;
/** Clocks differ a little; a cosignature from further ahead would be refused by those who check it. */
const CLOCK_SKEW_SECONDS = 300;

/** Asks one witness over HTTP (c2sp.org/tlog-witness). Connections are kept open. Never throws. */
export class WitnessClient {
  private readonly url: string;

  constructor(
    readonly witness: AskedWitness,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.url = `${witness.url}/add-checkpoint`;
  }

  async ask(question: WitnessQuestion, stop: AbortSignal): Promise<WitnessAnswer> {
    const { old, proof, note } = question;
    try {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(this.timeoutMs)]);
      const body = formatAddCheckpoint(old, proof, note);
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const answer = await fetch(this.url, { method: 'POST', body, headers, signal, redirect: 'error' });
      return this.read(answer, await textOf(answer), question);
    } catch (error) {
      const { message, cause } = error as Error;
      return failed('WITNESS_UNREACHABLE', cause instanceof Error ? `${message}: ${cause.message}` : message);
    }
  }

  private read(answer: Response, text: string, { old, note }: WitnessQuestion): WitnessAnswer {
    const { status } = answer;
    const said = `${status} ${JSON.stringify(text.slice(0, 200))}`;
    if (status === 200) return this.cosignatureIn(text, note);
    if (status === 409) return conflict(answer, text, old);
    if (status === 422) return failed('WITNESS_FORK', `our proof does not extend what it cosigned: ${said}`);
    return failed('WITNESS_REFUSED', said);
  }

  /** Lines of other keys are ignored, as the standard says; one of the witness's key must be there, and good. */
  private cosignatureIn(body: string, note: string): WitnessAnswer {
    const { key, name } = this.witness;
    const lines = signatures(body);
    if (lines === undefined)
      return failed('WITNESS_ANSWER', `expected signature lines, got ${JSON.stringify(body.slice(0, 200))}`);
    const own = lines.filter((line) => line.name === key.name && line.keyId === key.keyId);
    const verifier = cosignatureVerifier(key, () => Date.now() / 1000 + CLOCK_SKEW_SECONDS);
    const message = utf8ToBytes(parseNote(note).text);
    const good = own.find(({ signature }) => verifier.verify(message, signature));
    if (good === undefined) {
      return failed('WITNESS_SIGNATURE', `of ${lines.length} signatures none is a good one by the key of ${name}`);
    }
    const cosignedAt = new Date(cosignatureTime(good) * 1000);
    return {
      kind: 'cosigned',
      cosignature: { name: key.name, keyId: key.keyId, line: formatSignatureLine(good), cosignedAt },
    };
  }
}

const failed = (problem: WitnessProblem, why: string): WitnessAnswer => ({ kind: 'failed', problem, why });

function conflict(answer: Response, text: string, old: number): WitnessAnswer {
  const said = `409 ${JSON.stringify(text.slice(0, 200))}`;
  const namesSize = answer.headers.get('content-type')?.startsWith(SIZE_CONTENT_TYPE) === true;
  const size = sizeIn(text);
  if (namesSize && size === undefined) return failed('WITNESS_ANSWER', `expected a size, got ${said}`);
  if (namesSize && size !== undefined && size !== old) return { kind: 'at', size };
  // The size was right, so that it is the root that conflicts.
  return failed('WITNESS_FORK', `it knows another root of ${old} entries: ${said}`);
}

function signatures(body: string): NoteSignature[] | undefined {
  const lines = body.split('\n');
  if (lines.pop() !== '' || lines.length === 0) return undefined;
  try {
    return lines.map(parseSignatureLine);
  } catch {
    return undefined;
  }
}

function sizeIn(text: string): number | undefined {
  const size = Number(text);
  return /^(0|[1-9][0-9]{0,15})\n$/.test(text) && Number.isSafeInteger(size) ? size : undefined;
}

/** The body, of which a hostile witness may send without end. */
async function textOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    parts.push(part as Uint8Array);
    length += (part as Uint8Array).length;
    if (length > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString();
}
