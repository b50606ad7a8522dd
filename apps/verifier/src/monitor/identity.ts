import { DomainError } from '../../../../src/domain/errors.js';
import { HostileValue } from '../../../../src/domain/receipt/hostile-value.js';
import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import { parseStrictJson } from '../../../../src/domain/json/strict-json.js';
import { readTrustedAnchor, type TrustedAnchor } from '../../../../src/domain/receipt/trust.js';
import { noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { parsePolicy } from '../../../../src/domain/tlog/policy.js';

/** Who a log is: what is pinned when it is first followed. */
export interface Identity {
  readonly origin: string;
  /** Verifier keys of c2sp.org/signed-note. */
  readonly keys: readonly string[];
  /** Where the log is, relative to the server; the server itself where it is missing. */
  readonly url?: string;
  readonly anchors: readonly TrustedAnchor[];
  /** The text of a c2sp.org/tlog-policy. */
  readonly policy?: string;
}

const MOST = 1000;

/** The logs of a trust file or of /.well-known/halisi.json. Throws ReceiptError (TRUST_MALFORMED). */
export function parseIdentities(text: string): Identity[] {
  try {
    return new HostileValue(parseStrictJson(text), 'TRUST_MALFORMED').member('logs').list(MOST).map(readIdentity);
  } catch (error) {
    if (error instanceof ReceiptError || !(error instanceof DomainError)) throw error;
    throw new ReceiptError('TRUST_MALFORMED', error.message);
  }
}

/** One log of such a file. */
export function readIdentity(log: HostileValue): Identity {
  const url = log.member('url');
  const anchors = log.member('anchors');
  const policy = log.member('policy');
  const keys = log.member('keys').list(MOST).map(readKey);
  if (keys.length === 0) log.member('keys').refuse('at least one key');
  return {
    origin: log.member('origin').text(/^[^\n]{1,1000}$/, 'the origin of a log'),
    keys,
    anchors: anchors.isMissing() ? [] : anchors.list(MOST).map(readTrustedAnchor),
    ...(url.isMissing() ? {} : { url: url.text() }),
    ...(policy.isMissing() ? {} : { policy: readPolicy(policy) }),
  };
}

function readKey(key: HostileValue): string {
  const vkey = key.text();
  try {
    noteVerifierOf(vkey);
  } catch (error) {
    if (error instanceof DomainError) return key.refuse(`a verifier key (${error.message})`);
    throw error;
  }
  return vkey;
}

function readPolicy(policy: HostileValue): string {
  const text = policy.text();
  try {
    parsePolicy(text);
  } catch (error) {
    if (error instanceof DomainError) return policy.refuse(`a witness policy (${error.message})`);
    throw error;
  }
  return text;
}

/** True for the same log in the same contract of the same chain. */
export const isSameAnchor = (a: TrustedAnchor, b: TrustedAnchor): boolean =>
  a.chainId === b.chainId && a.contract === b.contract && a.logId === b.logId;
