import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { type AlarmCode, isAlarmCode } from './findings.js';
import { isHttp } from './source.js';

export const USAGE = `Usage: halisi-verify monitor URL|FOLDER [--state FILE] [--trust FILE] [--rpc URL]... [--once]
       halisi-verify monitor URL|FOLDER [--state FILE] --acknowledge CODE...
       halisi-verify monitor --check-evidence FILE [--trust FILE] [--rpc URL]...

Follows a log of c2sp.org/tlog-tiles and raises an alarm if it forks, shrinks, serves what it did not sign,
or if the chain or its witnesses contradict it.

  --state FILE            what was seen is kept here (halisi-monitor.<host>.json)
  --trust FILE            a saved /.well-known/halisi.json; without it the log is believed at the first look
  --repin                 takes keys and contracts anew, and keeps what the log showed
  --rpc URL               a JSON-RPC node of a chain that the log is anchored on; several must agree
  --from-block NUMBER     the first block whose anchors are looked at (about 100,000 behind the final one)
  --witness-policy FILE   a c2sp.org/tlog-policy: who must have cosigned
  --compare URL|FILE      a checkpoint of this log from another place, such as https://mirror/log/checkpoint
  --every SECONDS         looks that often (60)
  --once                  looks once
  --full                  reads every entry again, from the first
  --overdue MINUTES       when an entry must be final on the chain (180)
  --grace MINUTES         how long the log, a chain or a checkpoint may be away (15)
  --patience SECONDS      how long one answer may take (30)
  --acknowledge CODE      takes back a raised alarm
  --check-evidence FILE   checks what a monitor wrote down as proof
  --json                  a line of JSON for each look

Exit status: 0 all is well, 1 an alarm is raised, 2 wrong usage, 3 the log could not be looked at.
`;

export interface MonitorOptions {
  readonly kind: 'look';
  readonly url: string;
  readonly state: string;
  readonly trust?: string;
  readonly repin: boolean;
  readonly rpc: readonly string[];
  readonly fromBlock?: number;
  readonly policy?: string;
  readonly compare: readonly string[];
  readonly everyMs: number;
  readonly once: boolean;
  readonly full: boolean;
  readonly overdueMs: number;
  readonly graceMs: number;
  readonly answerMs: number;
  readonly json: boolean;
}

export interface AcknowledgeOptions {
  readonly kind: 'acknowledge';
  readonly state: string;
  readonly codes: readonly AlarmCode[];
}

export interface EvidenceOptions {
  readonly kind: 'evidence';
  readonly file: string;
  readonly trust?: string;
  readonly rpc: readonly string[];
  readonly answerMs: number;
  readonly json: boolean;
}

/** Reads the arguments. Throws UsageError. */
export function readOptions(args: readonly string[]): MonitorOptions | AcknowledgeOptions | EvidenceOptions {
  const { values, positionals } = parse(args);
  const rpc = (values.rpc ?? []).map(rpcUrl);
  const trust = values.trust === undefined ? {} : { trust: values.trust };
  const json = values.json === true;
  const answerMs = 1000 * positive('--patience', values.patience, 30);
  const file = values['check-evidence'];
  if (file !== undefined) {
    if (positionals.length > 0) throw new UsageError('--check-evidence takes no URL.');
    return { kind: 'evidence', file, rpc, json, answerMs, ...trust };
  }
  const [url, ...more] = positionals;
  if (url === undefined) throw new UsageError('The URL or the folder of a log was expected.');
  if (more.length > 0) throw new UsageError(`One log was expected, got ${positionals.length}.`);
  if (isHttp(url) && !URL.canParse(url)) throw new UsageError(`${JSON.stringify(url)} is not a URL.`);
  const place = isHttp(url) ? url : resolve(url);
  const state = values.state ?? defaultState(url);
  if (values.acknowledge !== undefined) {
    return { kind: 'acknowledge', state, codes: values.acknowledge.map(alarmCode) };
  }
  return {
    ...{ kind: 'look', url: place, state, rpc, json, ...trust },
    repin: values.repin === true,
    once: values.once === true,
    full: values.full === true,
    compare: values.compare ?? [],
    everyMs: 1000 * positive('--every', values.every, 60),
    overdueMs: 60_000 * positive('--overdue', values.overdue, 180),
    answerMs,
    graceMs: 60_000 * positive('--grace', values.grace, 15),
    ...(values['from-block'] === undefined ? {} : { fromBlock: blockNumber(values['from-block']) }),
    ...(values['witness-policy'] === undefined ? {} : { policy: values['witness-policy'] }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ state: text, trust: text, every: text, overdue: text, grace: text, patience: text, 'from-block': text },
        ...{ 'witness-policy': text, 'check-evidence': text },
        rpc: { type: 'string', multiple: true },
        compare: { type: 'string', multiple: true },
        acknowledge: { type: 'string', multiple: true },
        ...{ repin: flag, once: flag, full: flag, json: flag },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function rpcUrl(url: string): string {
  if (isHttp(url) && URL.canParse(url)) return url;
  throw new UsageError(`--rpc takes an http or https URL, got ${JSON.stringify(url)}.`);
}

function alarmCode(code: string): AlarmCode {
  if (isAlarmCode(code)) return code;
  throw new UsageError(`--acknowledge takes the code of an alarm, got ${JSON.stringify(code)}.`);
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 1e6) return value;
  throw new UsageError(`${name} takes a number above 0, got ${JSON.stringify(text)}.`);
}

function blockNumber(text: string): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new UsageError(`--from-block takes the number of a block, got ${JSON.stringify(text)}.`);
}

function defaultState(url: string): string {
  const name = isHttp(url) ? new URL(url).host : url;
  return `halisi-monitor.${name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-+|-+$/g, '')}.json`;
}
