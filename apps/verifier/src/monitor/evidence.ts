import { toBase64 } from '../../../../src/domain/bytes.js';
import { parseStrictJson } from '../../../../src/domain/json/strict-json.js';
import { HostileValue } from '../../../../src/domain/receipt/hostile-value.js';
import type { TrustedAnchor } from '../../../../src/domain/receipt/trust.js';

const EVIDENCE_FORMAT = 'halisi-evidence/v1';

/** A signed note as it was served, when and where. */
export interface Shown {
  readonly note: string;
  readonly at: string;
  readonly from: string;
}

/** That the tree of the larger note had this root when it was as large as the smaller one. */
export interface Prefix {
  readonly root: Uint8Array;
  /** RFC 6962 §2.1.2, from the smaller size to the larger. */
  readonly proof: readonly Uint8Array[];
}

/** What a chain holds of the log. */
export interface AnchorClaim extends TrustedAnchor {
  readonly size: number;
  readonly root: string;
  readonly block: { readonly number: number; readonly hash: string };
}

/**
 * What a third party needs to see that a log contradicted itself.
 * `fork`: two notes. `shrunk`: two notes, which prove no fork by themselves. `anchor`: a note and the chain.
 */
export interface Evidence {
  readonly kind: 'fork' | 'shrunk' | 'anchor';
  readonly origin: string;
  /** The log's verifier keys, and those of witnesses whose cosignatures count here. */
  readonly keys: readonly string[];
  /** One note, or two: the smaller tree first. */
  readonly notes: readonly Shown[];
  /** Where two sizes differ. */
  readonly prefix?: Prefix;
  readonly anchor?: AnchorClaim;
}

export function formatEvidence({ prefix, ...rest }: Evidence): string {
  const proof = prefix && { prefix: { root: toBase64(prefix.root), proof: prefix.proof.map(toBase64) } };
  return `${JSON.stringify({ format: EVIDENCE_FORMAT, ...rest, ...proof }, null, 1)}\n`;
}

/** Reads an evidence file; nothing in it is believed yet. Throws DomainError. */
export function parseEvidence(text: string): Evidence {
  const json = new HostileValue(parseStrictJson(text), 'TRUST_MALFORMED');
  json.member('format').text(new RegExp(`^${EVIDENCE_FORMAT}$`), `the format ${EVIDENCE_FORMAT}`);
  const [prefix, anchor] = [json.member('prefix'), json.member('anchor')];
  return {
    kind: json.member('kind').text(/^(fork|shrunk|anchor)$/, 'fork, shrunk or anchor') as Evidence['kind'],
    origin: json.member('origin').text(),
    keys: json
      .member('keys')
      .list(1000)
      .map((key) => key.text()),
    notes: json.member('notes').list(2).map(readShown),
    ...(prefix.isMissing() ? {} : { prefix: readPrefix(prefix) }),
    ...(anchor.isMissing() ? {} : { anchor: readClaim(anchor) }),
  };
}

const readShown = (shown: HostileValue): Shown => ({
  note: shown.member('note').text(),
  at: shown.member('at').text(),
  from: shown.member('from').text(),
});

const readPrefix = (prefix: HostileValue): Prefix => ({
  root: prefix.member('root').hash(),
  proof: prefix
    .member('proof')
    .list(128)
    .map((hash) => hash.hash()),
});

const readClaim = (claim: HostileValue): AnchorClaim => ({
  chainId: claim.member('chainId').count(),
  contract: claim.member('contract').anyHex(20),
  logId: claim.member('logId').anyHex(32),
  size: claim.member('size').count(),
  root: claim.member('root').anyHex(32),
  block: {
    number: claim.member('block').member('number').count(),
    hash: claim.member('block').member('hash').anyHex(32),
  },
});
