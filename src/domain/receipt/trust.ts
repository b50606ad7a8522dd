import { JsonTextError, parseStrictJson } from '../json/strict-json.js';
import { noteVerifierOf } from '../tlog/cosignature.js';
import { TlogError } from '../tlog/errors.js';
import type { NoteVerifier } from '../tlog/note-key.js';
import { parsePolicy, type Policy } from '../tlog/policy.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';

/** A contract that a log is anchored in. `codeHash` is the keccak-256 of its code, where that is to be checked. */
export interface TrustedAnchor {
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly codeHash?: string;
}

/** A block that the reader believes a chain has. */
export interface TrustedBlock {
  readonly chainId: number;
  readonly number: number;
  readonly hash: string;
}

/** A log whose checkpoints are believed if one of `verifiers` signed them, and the policy's quorum cosigned. */
export interface TrustedLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
  readonly anchors: readonly TrustedAnchor[];
  /** Its witnesses and quorum; its own `log` lines are not used. */
  readonly policy?: Policy;
  readonly blocks: readonly TrustedBlock[];
}

/** What the reader of a receipt believes beforehand; got once, from a source that the reader trusts. */
export interface Trust {
  readonly logs: readonly TrustedLog[];
}

const MOST = 1000;

/** Reads a trust file, such as a saved `/.well-known/halisi.json`. Throws ReceiptError (TRUST_MALFORMED). */
export function parseTrust(text: string): Trust {
  try {
    return readTrust(parseStrictJson(text));
  } catch (error) {
    if (error instanceof JsonTextError) throw new ReceiptError('TRUST_MALFORMED', error.message);
    throw error;
  }
}

/** As `parseTrust`, for JSON that is parsed already. Members that it does not know may be there. */
export function readTrust(json: unknown): Trust {
  const logs = new HostileValue(json, 'TRUST_MALFORMED').member('logs').list(MOST);
  return { logs: logs.map(readLog) };
}

function readLog(log: HostileValue): TrustedLog {
  const [anchors, policy, blocks] = [log.member('anchors'), log.member('policy'), log.member('blocks')];
  return {
    origin: log.member('origin').text(/./, 'the origin of a log'),
    verifiers: log.member('keys').list(MOST).map(readKey),
    anchors: anchors.isMissing() ? [] : anchors.list(MOST).map(readTrustedAnchor),
    ...(policy.isMissing() ? {} : { policy: readPolicy(policy) }),
    blocks: blocks.isMissing() ? [] : blocks.list(MOST).map(readBlock),
  };
}

const readKey = (key: HostileValue): NoteVerifier =>
  understood(key, 'a verifier key', () => noteVerifierOf(key.text()));

const readPolicy = (policy: HostileValue): Policy => understood(policy, 'a policy', () => parsePolicy(policy.text()));

/** What `work` gives; a refusal of the tlog's becomes one of the trust file. */
function understood<T>(value: HostileValue, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TlogError) return value.refuse(`${what} (${error.message})`);
    throw error;
  }
}

const readBlock = (block: HostileValue): TrustedBlock => ({
  chainId: block.member('chainId').count(),
  number: block.member('number').count(),
  hash: block.member('hash').anyHex(32),
});

/** Reads an anchor of a trust file. */
export function readTrustedAnchor(anchor: HostileValue): TrustedAnchor {
  const codeHash = anchor.member('codeHash');
  return {
    chainId: anchor.member('chainId').count(),
    contract: anchor.member('contract').anyHex(20),
    logId: anchor.member('logId').anyHex(32),
    ...(codeHash.isMissing() ? {} : { codeHash: codeHash.anyHex(32) }),
  };
}
