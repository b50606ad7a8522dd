import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { DomainError } from '../../../../src/domain/errors.js';
import { parseNote } from '../../../../src/domain/tlog/signed-note.js';
import { type Evidence, formatEvidence } from './evidence.js';
import type { Alarm } from './findings.js';
import { writeWhole } from './state-file.js';
import type { MonitorState } from './state.js';

const MOST_EVIDENCE = 100;

/** Raises alarms in the state, where they stay until they are acknowledged; evidence is written beside it. */
export async function raise(
  state: MonitorState,
  alarms: readonly Alarm[],
  at: string,
  statePath: string,
): Promise<void> {
  for (const { code, message, evidence } of alarms) {
    let raised = state.alarms.find((one) => one.code === code);
    if (raised === undefined) {
      raised = { code, message, firstAt: at, lastAt: at, times: 0, evidence: [] };
      state.alarms.push(raised);
    }
    Object.assign(raised, { message, lastAt: at, times: raised.times + 1 });
    if (evidence === undefined) continue;
    const path = await writeEvidence(evidence, statePath);
    if (!raised.evidence.includes(path) && raised.evidence.length < MOST_EVIDENCE) raised.evidence.push(path);
  }
}

/** One file for what is the same: a fork is shown again at every look. */
async function writeEvidence(evidence: Evidence, statePath: string): Promise<string> {
  const subject = JSON.stringify([
    evidence.kind,
    evidence.notes.map(({ note }) => textOf(note)),
    evidence.anchor ?? null,
  ]);
  const name = createHash('sha256').update(subject).digest('hex').slice(0, 16);
  const path = `${statePath.replace(/\.json$/, '')}.evidence-${name}.json`;
  try {
    await access(path);
  } catch {
    await writeWhole(path, formatEvidence(evidence));
  }
  return path;
}

function textOf(note: string): string {
  try {
    return parseNote(note).text;
  } catch (error) {
    if (error instanceof DomainError) return note;
    throw error;
  }
}
