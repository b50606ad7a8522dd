import type { Finding } from './finding.js';

/** An event whose content is not what its place in the log says. Leaf hashes are hex; null where there is none. */
export interface Misplaced {
  readonly position: number;
  readonly eventId: string;
  /** Leaf hash of what is stored there now. */
  readonly found: string | null;
  /** Leaf hash that the log has for the place. */
  readonly logged: string | null;
}

/**
 * Names what happened: an event that the log has elsewhere was moved, two that changed places were swapped, a run that
 * moved together was shifted by a row put in or taken out, and everything else was changed.
 */
export function explain(misplaced: readonly Misplaced[]): Finding[] {
  const home = new Map(
    misplaced.flatMap(({ logged, position }) => (logged === null ? [] : [[logged, position] as const])),
  );
  const byPosition = new Map(misplaced.map((each) => [each.position, each]));
  const findings: Finding[] = [];
  const done = new Set<number>();
  const homeOf = ({ found }: Misplaced): number | undefined => (found === null ? undefined : home.get(found));
  for (const [i, each] of misplaced.entries()) {
    if (done.has(each.position)) continue;
    const from = homeOf(each);
    const other = from === undefined ? undefined : byPosition.get(from);
    if (from !== undefined && other !== undefined && homeOf(other) === each.position) {
      done.add(from);
      findings.push(swapped(each, other));
      continue;
    }
    const run = from === undefined ? 0 : runFrom(misplaced, i, homeOf);
    if (run > 1) {
      misplaced.slice(i, i + run).forEach(({ position }) => done.add(position));
      findings.push(shifted(each, misplaced[i + run - 1]!, from! - each.position));
    } else findings.push(changed(each, from));
  }
  return findings;
}

function runFrom(
  misplaced: readonly Misplaced[],
  start: number,
  homeOf: (each: Misplaced) => number | undefined,
): number {
  const first = misplaced[start]!;
  const offset = homeOf(first)! - first.position;
  let length = 1;
  for (; start + length < misplaced.length; length++) {
    const next = misplaced[start + length]!;
    if (next.position !== first.position + length || homeOf(next) !== next.position + offset) break;
  }
  return length;
}

function swapped(a: Misplaced, b: Misplaced): Finding {
  const message = `The events at positions ${a.position} and ${b.position} were swapped (${a.eventId} and ${b.eventId}).`;
  return { code: 'EVENT_SWAPPED', message, position: a.position, eventId: a.eventId };
}

function shifted(first: Misplaced, last: Misplaced, offset: number): Finding {
  const by = offset < 0 ? 'a row was put in before them' : 'a row was taken out before them';
  const message = `The events at positions ${first.position} to ${last.position} stand ${Math.abs(offset)} from their place in the log: ${by}.`;
  return { code: 'EVENTS_SHIFTED', message, position: first.position, eventId: first.eventId };
}

function changed({ position, eventId }: Misplaced, from: number | undefined): Finding {
  const copy = from === undefined ? '' : ` It holds what was logged at position ${from}.`;
  const message = `The event at position ${position} (${eventId}) is not what was logged there.${copy}`;
  return { code: 'EVENT_CHANGED', message, position, eventId };
}
