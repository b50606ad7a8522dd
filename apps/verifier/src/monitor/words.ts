import { toBase64 } from '../../../../src/domain/bytes.js';
import { ADVICE, type Findings } from './findings.js';
import type { Seen } from './round.js';
import type { MonitorState, RaisedAlarm } from './state.js';

/** What is told of one look. */
export interface Told {
  readonly at: string;
  readonly state: MonitorState;
  readonly seen: Seen;
  readonly findings: Findings;
  /** Entries before this look. */
  readonly sizeBefore: number;
}

/** A look on one line for people, and a line for each alarm and note. */
export function inWords({ at, state, seen, findings, sizeBefore }: Told): string {
  const { head, checked } = state;
  const grown = head === null ? 0 : head.size - sizeBefore;
  const parts = [
    at.replace(/\.\d{3}Z$/, 'Z'),
    printable(state.pinned.origin),
    head === null ? 'no checkpoint seen yet' : `${head.size} entries${grown > 0 ? ` (+${grown})` : ''}`,
    ...(head === null ? [] : [`root ${toBase64(head.root).slice(0, 12)}`]),
    ...(head === null || checked.size === head.size ? [] : [`${checked.size} checked`]),
    ...anchorsInWords(state, at),
    ...(seen.witnessed === undefined ? [] : [`witnesses ${seen.witnessed.cosigned} of ${seen.witnessed.of}`]),
    ...(seen.reached ? [] : ['not reached']),
  ];
  return [
    parts.join('  '),
    ...findings.notes.map(({ code, message }) => `  ${code}: ${printable(message)}`),
    ...state.alarms.map((alarm) => alarmInWords(alarm, alarm.lastAt === at)),
    '',
  ].join('\n');
}

function anchorsInWords({ anchors }: MonitorState, at: string): string[] {
  return anchors.map(({ anchor, size, anchoredAt }) => {
    if (size === 0) return `chain ${anchor.chainId}: nothing final`;
    return `chain ${anchor.chainId}: ${size} final, ${age(Date.parse(at) - Date.parse(anchoredAt))} ago`;
  });
}

function alarmInWords({ code, message, firstAt, evidence }: RaisedAlarm, now: boolean): string {
  const since = now ? '' : ` (raised ${firstAt}, not seen at this look; --acknowledge ${code} takes it back)`;
  const files = evidence.length === 0 ? '' : ` Evidence: ${evidence.map(printable).join(', ')}`;
  return `  ALARM ${code}: ${printable(message)}${since} ${ADVICE[code]}${files}`;
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A look as one line of JSON (docs/formats/monitor-state.md). */
export function inJson({ at, state, seen, findings, sizeBefore }: Told): string {
  const { head, checked, pinned, anchors } = state;
  return `${JSON.stringify({
    at,
    origin: pinned.origin,
    size: head?.size ?? null,
    root: head === null ? null : toBase64(head.root),
    grown: head === null ? 0 : head.size - sizeBefore,
    checked: checked.size,
    anchors: anchors.map(({ anchor, size, root, anchoredAt, block }) => {
      const { chainId, contract, logId } = anchor;
      return { chainId, contract, logId, size, root, anchoredAt: anchoredAt || null, block };
    }),
    witnesses: seen.witnessed ?? null,
    reached: seen.reached,
    notes: findings.notes,
    alarms: state.alarms.map((alarm) => ({ ...alarm, now: alarm.lastAt === at })),
  })}\n`;
}

/** Text from outside without characters that could steer a terminal or turn the reading direction. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (char) => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
