import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TlogError } from '../../../../src/domain/tlog/errors.js';
import { parseCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { parseNote } from '../../../../src/domain/tlog/signed-note.js';
import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import { UsageError } from '../command.js';
import { type Findings, Unreachable } from './findings.js';
import { type Identity, isSameAnchor, parseIdentities } from './identity.js';
import { LogReader } from './log-reader.js';
import { type Patience, type Source, isHttp, openSource } from './source.js';

const WELL_KNOWN = '.well-known/halisi.json';
const LONGEST_IDENTITY = 1_000_000;

/** Where the log of an identity is: below the server where the identity says so, else where it was asked for. */
export function logSource(url: string, identity: Identity, patience: Patience): Source {
  if (identity.url === undefined) return openSource(url, patience);
  if (!isHttp(url)) return openSource(existsSync(join(url, 'checkpoint')) ? url : join(url, identity.url), patience);
  const at = URL.canParse(identity.url, url) ? new URL(identity.url, url) : undefined;
  if (at?.origin !== new URL(url).origin) {
    throw new UsageError(
      `The identity of ${identity.origin} says that the log is at ${identity.url}, on another server.`,
    );
  }
  return openSource(at.href, patience);
}

/** What a server says of itself; undefined where it says nothing that can be read. Throws Unreachable. */
export async function askIdentities(url: string, patience: Patience): Promise<Identity[] | undefined> {
  const base = isHttp(url) ? new URL('/', url).href : url;
  const fetched = await openSource(base, patience).get(WELL_KNOWN, LONGEST_IDENTITY);
  if (fetched.kind !== 'found') return undefined;
  try {
    return parseIdentities(new TextDecoder().decode(fetched.bytes));
  } catch (error) {
    if (error instanceof ReceiptError) return undefined;
    throw error;
  }
}

export async function loadIdentities(path: string): Promise<Identity[]> {
  try {
    return parseIdentities(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `The trust file ${path} cannot be used (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}

/** Who the log is: of a trust file, or of what the server says. Throws UsageError, Unreachable. */
export async function findIdentity(url: string, trust: string | undefined, patience: Patience): Promise<Identity> {
  const known = trust === undefined ? await askIdentities(url, patience) : await loadIdentities(trust);
  if (known === undefined) {
    throw new UsageError(`${url} does not say who it is (/${WELL_KNOWN}). Give a --trust file with its key.`);
  }
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  const origin = await originAt(url, patience);
  const named = known.find((identity) => identity.origin === origin);
  if (named !== undefined) return named;
  throw new UsageError(
    `None of the ${known.length} logs that are trusted is the one at ${url}: ${origin ?? 'unknown'}.`,
  );
}

/** The origin that the checkpoint at a URL claims. */
async function originAt(url: string, patience: Patience): Promise<string | undefined> {
  try {
    return parseCheckpoint(parseNote(await new LogReader(openSource(url, patience)).checkpoint()).text).origin;
  } catch (error) {
    if (error instanceof TlogError || error instanceof Unreachable) return undefined;
    throw error;
  }
}

/** Compares what the server says of itself now with what is pinned. */
export function compareIdentity(pinned: Identity, told: readonly Identity[], findings: Findings): void {
  const now = told.find(({ origin }) => origin === pinned.origin);
  if (now === undefined) {
    const origins = told.map(({ origin }) => origin).join(', ');
    findings.alarm(
      'ORIGIN_CHANGED',
      `The server now says that it is ${origins || 'no log'}, expected ${pinned.origin}.`,
    );
    return;
  }
  const same = [...now.keys].sort().join(' ') === [...pinned.keys].sort().join(' ');
  if (!same) findings.alarm('KEY_CHANGED', `The server now names the keys ${now.keys.join(', ')}.`);
  if (now.policy !== pinned.policy) findings.alarm('POLICY_CHANGED', 'The server now names another witness policy.');
  for (const anchor of pinned.anchors) {
    const kept = now.anchors.some((one) => isSameAnchor(one, anchor) && one.codeHash === anchor.codeHash);
    if (kept) continue;
    const message = `The server no longer names contract ${anchor.contract} on chain ${anchor.chainId} as its anchor, or names other code or another log id.`;
    findings.alarm('CONTRACT_CHANGED', message);
  }
  for (const anchor of now.anchors) {
    if (pinned.anchors.some((one) => isSameAnchor(one, anchor))) continue;
    findings.note('ANCHOR_ADDED', `The server names a further anchor on chain ${anchor.chainId}; --repin follows it.`);
  }
}
