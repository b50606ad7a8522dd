import { DomainError } from '../errors.js';
import { JsonTextError, parseStrictJson } from '../json/strict-json.js';
import { ed25519Algorithm, noteVerifier, type NoteVerifier, parseVerifierKey } from '../tlog/note-key.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';

/** A contract that a log is anchored in. `codeHash` is the keccak-256 of its code, where that is to be checked. */
export interface TrustedAnchor {
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly codeHash?: string;
}

/** A log whose checkpoints are believed if one of `verifiers` signed them. */
export interface TrustedLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
  readonly anchors: readonly TrustedAnchor[];
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
  const anchors = log.member('anchors');
  return {
    origin: log.member('origin').text(/./, 'the origin of a log'),
    verifiers: log.member('keys').list(MOST).map(readKey),
    anchors: anchors.isMissing() ? [] : anchors.list(MOST).map(readAnchor),
  };
}

function readKey(key: HostileValue): NoteVerifier {
  try {
    return noteVerifier(parseVerifierKey(key.text()), [ed25519Algorithm]);
  } catch (error) {
    if (error instanceof DomainError) return key.refuse(`a verifier key (${error.message})`);
    throw error;
  }
}

function readAnchor(anchor: HostileValue): TrustedAnchor {
  const codeHash = anchor.member('codeHash');
  return {
    chainId: anchor.member('chainId').count(),
    contract: anchor.member('contract').anyHex(20),
    logId: anchor.member('logId').anyHex(32),
    ...(codeHash.isMissing() ? {} : { codeHash: codeHash.anyHex(32) }),
  };
}
