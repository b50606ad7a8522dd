import { readFile } from 'node:fs/promises';
import { DomainError } from '../../../../src/domain/errors.js';
import { parsePolicy } from '../../../../src/domain/tlog/policy.js';
import { type Status, type Terminal, UsageError } from '../command.js';
import { lockFile } from '../lock.js';
import { raise } from './alarms.js';
import { Findings, Stopped, Unreachable } from './findings.js';
import type { Identity } from './identity.js';
import { LogReader } from './log-reader.js';
import { nodeAt } from './nodes.js';
import type { AcknowledgeOptions, MonitorOptions } from './options.js';
import { findIdentity, logSource } from './pin.js';
import { type Rounds, look } from './round.js';
import { type Patience, openSource, patienceOf, pause } from './source.js';
import { clearTemporaries, loadState, saveState } from './state-file.js';
import { type MonitorState, newState } from './state.js';
import { inJson, inWords, printable } from './words.js';

const COULD_NOT_LOOK = 3;
const LEAST_BUDGET_MS = 60_000;

/** Follows a log until the process is told to end, or looks once. Throws UsageError. */
export async function monitor(options: MonitorOptions, terminal: Terminal): Promise<Status> {
  const patience = patienceOf(options.answerMs, terminal.stopped());
  const release = await lockFile(options.state);
  try {
    await clearTemporaries(options.state);
    const state = await begin(options, terminal, patience);
    if (state === undefined) return COULD_NOT_LOOK;
    return await new Monitor(options, terminal, patience, state).run();
  } catch (error) {
    if (error instanceof Stopped) return 0;
    throw error;
  } finally {
    await release();
  }
}

/** The state to go on from: the file's, or a new one. Undefined where the log gave no answer to a single look. */
async function begin(
  options: MonitorOptions,
  terminal: Terminal,
  patience: Patience,
): Promise<MonitorState | undefined> {
  const known = await loadState(options.state);
  if (known !== undefined && known.url !== options.url) {
    throw new UsageError(
      `The state file ${options.state} is of ${known.url}. Name another --state for ${options.url}.`,
    );
  }
  if (known !== undefined && !options.repin && options.trust === undefined) return known;
  for (;;) {
    try {
      return adopt(options, terminal, known, await findIdentity(options.url, options.trust, patience));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      terminal.err(`NOT_REACHED: ${printable(error.message)}\n`);
      if (options.once) return undefined;
      await pause(options.everyMs, patience.stop);
    }
  }
}

function adopt(
  { url, trust, repin, state: path }: MonitorOptions,
  terminal: Terminal,
  known: MonitorState | undefined,
  identity: Identity,
): MonitorState {
  const now = new Date().toISOString();
  const firstUse = trust === undefined;
  if (known === undefined) {
    if (firstUse) terminal.err(trustedOnFirstUse(identity));
    return newState(url, identity, firstUse, now);
  }
  if (identity.origin !== known.pinned.origin) {
    throw new UsageError(`${path} is of the log ${known.pinned.origin}, not of ${identity.origin}.`);
  }
  if (repin) return Object.assign(known, { pinned: identity, pinnedAt: now, firstUse, anchors: [] });
  if (JSON.stringify(identity) === JSON.stringify(known.pinned)) return known;
  throw new UsageError(
    `The trust file differs from what is pinned in ${path}. --repin takes it and keeps what was seen.`,
  );
}

function trustedOnFirstUse({ origin, keys, anchors }: Identity): string {
  return [
    `TRUST_ON_FIRST_USE: nobody but the server itself says that this is the log ${printable(origin)}. Compare with the operator:`,
    ...keys.map((key) => `  key ${printable(key)}`),
    ...anchors.map(({ chainId, contract, logId }) => `  chain ${chainId}, contract ${contract}, log ${logId}`),
    '',
  ].join('\n');
}

class Monitor {
  private readonly rounds: Rounds;

  constructor(
    private readonly options: MonitorOptions,
    private readonly terminal: Terminal,
    private readonly patience: Patience,
    private readonly state: MonitorState,
  ) {
    const { once, everyMs, graceMs, overdueMs, fromBlock } = options;
    this.rounds = {
      ...{ patience, graceMs, overdueMs, now: Date.now },
      reader: new LogReader(logSource(options.url, state.pinned, patience)),
      nodes: options.rpc.map((url) => nodeAt(url, patience)),
      elsewhere: options.compare.map((place) => openSource(place, patience)),
      policy: undefined,
      budgetMs: once ? Infinity : Math.max(everyMs, LEAST_BUDGET_MS),
      save: () => saveState(options.state, state),
      ...(fromBlock === undefined ? {} : { fromBlock }),
    };
  }

  async run(): Promise<Status> {
    const policy = await this.policy();
    if (this.options.full) this.state.checked = { size: 0, frontier: [] };
    try {
      for (;;) {
        const reached = await this.round({ ...this.rounds, policy });
        if (this.options.once) return this.status(reached);
        await pause(this.options.everyMs, this.patience.stop);
      }
    } catch (error) {
      if (error instanceof Stopped) return this.status(true);
      throw error;
    }
  }

  private async round(rounds: Rounds): Promise<boolean> {
    const { state, options } = this;
    const findings = new Findings();
    const sizeBefore = state.head?.size ?? 0;
    try {
      const seen = await look(rounds, state, findings);
      const at = new Date().toISOString();
      await raise(state, findings.alarms, at, options.state);
      await rounds.save();
      const told = { at, state, seen, findings, sizeBefore };
      this.terminal.out(options.json ? inJson(told) : inWords(told));
      return seen.reached;
    } catch (error) {
      // What was found before the end of the process is not lost.
      await raise(state, findings.alarms, new Date().toISOString(), options.state);
      await rounds.save();
      throw error;
    }
  }

  private status(reached: boolean): Status {
    if (this.state.alarms.length > 0) return 1;
    return reached ? 0 : COULD_NOT_LOOK;
  }

  private async policy(): Promise<string | undefined> {
    const path = this.options.policy;
    if (path === undefined) return this.state.pinned.policy;
    try {
      const text = await readFile(path, 'utf8');
      parsePolicy(text);
      return text;
    } catch (error) {
      if (!(error instanceof DomainError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      throw new UsageError(`The policy ${path} cannot be used. ${(error as Error).message}`);
    }
  }
}

/** Takes raised alarms back. Throws UsageError. */
export async function acknowledge({ state: path, codes }: AcknowledgeOptions, terminal: Terminal): Promise<Status> {
  const release = await lockFile(path);
  try {
    const state = await loadState(path);
    if (state === undefined) throw new UsageError(`There is no state file ${path}.`);
    const missing = codes.find((code) => !state.alarms.some((alarm) => alarm.code === code));
    if (missing !== undefined) throw new UsageError(`The alarm ${missing} is not raised in ${path}.`);
    state.alarms = state.alarms.filter(({ code }) => !codes.includes(code));
    await saveState(path, state);
    const left = state.alarms.map(({ code }) => code);
    terminal.out(left.length === 0 ? 'No alarm is raised now.\n' : `Still raised: ${left.join(', ')}.\n`);
    return left.length === 0 ? 0 : 1;
  } finally {
    await release();
  }
}
