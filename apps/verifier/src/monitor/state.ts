import { bytesToHex, toBase64, utf8ToBytes } from '../../../../src/domain/bytes.js';
import { DomainError } from '../../../../src/domain/errors.js';
import { parseStrictJson } from '../../../../src/domain/json/strict-json.js';
import { HostileValue } from '../../../../src/domain/receipt/hostile-value.js';
import type { TrustedAnchor } from '../../../../src/domain/receipt/trust.js';
import { sha256 } from '../../../../src/domain/tlog/hashing.js';
import { Frontier } from '../../../../src/domain/tlog/tree.js';
import { type AlarmCode, isAlarmCode } from './findings.js';
import { type Identity, readIdentity } from './identity.js';

const STATE_FORMAT = 'halisi-monitor/v1';

/** A checkpoint that a pinned key signed. `at` is when it was first seen. */
export interface SeenCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly at: string;
}

/** How far entries were read and found to be those of the tree. */
export interface CheckedEntries {
  readonly size: number;
  readonly frontier: readonly Uint8Array[];
}

/** A size that the log had when it was looked at; times are UTC, RFC 3339. */
export interface SizeSeen {
  readonly size: number;
  readonly at: string;
}

/** What was last read of one anchor. */
export interface AnchorState {
  readonly anchor: TrustedAnchor;
  size: number;
  root: string;
  publisher: string;
  anchoredAt: string;
  /** The block, final then, that it was read at. */
  block: { readonly number: number; readonly hash: string } | null;
  /** Events are checked up to this block; null before the first look. */
  scannedTo: number | null;
  /** Since when the chain has been ahead of the log. */
  aheadSince: string | null;
  reachedAt: string;
}

export interface RaisedAlarm {
  readonly code: AlarmCode;
  message: string;
  readonly firstAt: string;
  lastAt: string;
  times: number;
  evidence: string[];
}

/** All that a monitor keeps between two looks. */
export interface MonitorState {
  readonly url: string;
  pinned: Identity;
  pinnedAt: string;
  /** True where the log itself said who it is. */
  firstUse: boolean;
  /** The newest checkpoint that was shown to extend all before it. */
  head: SeenCheckpoint | null;
  /** Signed checkpoints whose tiles could not be read yet. */
  unproven: SeenCheckpoint[];
  checked: CheckedEntries;
  sizes: SizeSeen[];
  anchors: AnchorState[];
  alarms: RaisedAlarm[];
  reachedAt: string;
}

/** The state before the first look. */
export function newState(url: string, pinned: Identity, firstUse: boolean, now: string): MonitorState {
  return {
    ...{ url, pinned, firstUse, pinnedAt: now, reachedAt: now },
    head: null,
    unproven: [],
    checked: { size: 0, frontier: [] },
    sizes: [],
    anchors: [],
    alarms: [],
  };
}

/** The text of a state file. */
export function formatState(state: MonitorState): string {
  const { head, unproven, checked, ...rest } = state;
  const json = {
    format: STATE_FORMAT,
    ...rest,
    head: head === null ? null : seenJson(head),
    unproven: unproven.map(seenJson),
    checked: { size: checked.size, frontier: checked.frontier.map(toBase64) },
  };
  return `${JSON.stringify({ ...json, digest: digestOf(json) }, null, 1)}\n`;
}

/** Tells damage. Whoever can write the file can write this too. */
const digestOf = (json: object): string => bytesToHex(sha256(utf8ToBytes(JSON.stringify(json))));

const seenJson = ({ root, ...rest }: SeenCheckpoint): object => ({ ...rest, root: toBase64(root) });

const MOST = 10_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads a state file. Throws DomainError for anything but a whole state of this version. */
export function parseState(text: string): MonitorState {
  const value = parseStrictJson(text);
  const json = new HostileValue(value, 'TRUST_MALFORMED');
  json.member('format').text(new RegExp(`^${STATE_FORMAT}$`), `the format ${STATE_FORMAT}`);
  const { digest, ...rest } = value as Record<string, unknown>;
  if (digest !== digestOf(rest)) json.member('digest').refuse('the digest of the other members');
  const head = json.member('head');
  return {
    url: json.member('url').text(),
    pinned: readIdentity(json.member('pinned')),
    pinnedAt: time(json.member('pinnedAt')),
    firstUse: flag(json.member('firstUse')),
    head: head.raw() === null ? null : readSeen(head),
    unproven: json.member('unproven').list(MOST).map(readSeen),
    checked: readChecked(json.member('checked')),
    sizes: json
      .member('sizes')
      .list(MOST)
      .map((seen) => ({ size: seen.member('size').count(), at: time(seen.member('at')) })),
    anchors: json.member('anchors').list(MOST).map(readAnchorState),
    alarms: json.member('alarms').list(MOST).map(readAlarm),
    reachedAt: time(json.member('reachedAt')),
  };
}

function readSeen(seen: HostileValue): SeenCheckpoint {
  const { size, root, note, at } = {
    size: seen.member('size').count(),
    root: seen.member('root').hash(),
    note: seen.member('note').text(),
    at: time(seen.member('at')),
  };
  return { size, root, note, at };
}

function readChecked(checked: HostileValue): CheckedEntries {
  const size = checked.member('size').count();
  const frontier = checked
    .member('frontier')
    .list(64)
    .map((hash) => hash.hash());
  try {
    Frontier.of(size, frontier);
  } catch (error) {
    if (error instanceof DomainError) return checked.refuse(`the frontier of ${size} entries`);
    throw error;
  }
  return { size, frontier };
}

function readAnchorState(json: HostileValue): AnchorState {
  const anchor = json.member('anchor');
  const codeHash = anchor.member('codeHash');
  const block = json.member('block');
  const scannedTo = json.member('scannedTo');
  const aheadSince = json.member('aheadSince');
  return {
    anchor: {
      chainId: anchor.member('chainId').count(),
      contract: anchor.member('contract').hex(20),
      logId: anchor.member('logId').hex(32),
      ...(codeHash.isMissing() ? {} : { codeHash: codeHash.hex(32) }),
    },
    size: json.member('size').count(),
    root: json.member('root').hex(32),
    publisher: json.member('publisher').hex(20),
    anchoredAt: json.member('anchoredAt').text(),
    block: block.raw() === null ? null : { number: block.member('number').count(), hash: block.member('hash').hex(32) },
    scannedTo: scannedTo.raw() === null ? null : scannedTo.count(),
    aheadSince: aheadSince.raw() === null ? null : time(aheadSince),
    reachedAt: time(json.member('reachedAt')),
  };
}

function readAlarm(alarm: HostileValue): RaisedAlarm {
  const code = alarm.member('code').text();
  if (!isAlarmCode(code)) return alarm.member('code').refuse('the code of an alarm');
  return {
    code,
    message: alarm.member('message').text(),
    firstAt: time(alarm.member('firstAt')),
    lastAt: time(alarm.member('lastAt')),
    times: alarm.member('times').count(),
    evidence: alarm
      .member('evidence')
      .list(MOST)
      .map((path) => path.text()),
  };
}

const time = (value: HostileValue): string => value.text(TIME, 'a time, YYYY-MM-DDThh:mm:ss.sssZ');

function flag(value: HostileValue): boolean {
  const raw = value.raw();
  return typeof raw === 'boolean' ? raw : value.refuse('true or false');
}
