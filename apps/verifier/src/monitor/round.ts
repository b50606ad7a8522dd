import { parsePolicy } from '../../../../src/domain/tlog/policy.js';
import type { VerifiedTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import type { AnchorRpc } from './anchor-rpc.js';
import { checkAnchors } from './anchors.js';
import { checkEntries } from './entries.js';
import { type Findings, Unreachable } from './findings.js';
import { followCheckpoint, openTiles } from './follow.js';
import type { LogReader } from './log-reader.js';
import { isNoAnswer } from './nodes.js';
import { askIdentities, compareIdentity } from './pin.js';
import type { Patience, Source } from './source.js';
import type { MonitorState, SeenCheckpoint } from './state.js';
import { checkWitnesses, compareElsewhere, type Witnessed } from './witnesses.js';

/** What a round needs that does not change from one to the next. */
export interface Rounds {
  readonly reader: LogReader;
  readonly nodes: readonly AnchorRpc[];
  readonly elsewhere: readonly Source[];
  readonly policy: string | undefined;
  readonly patience: Patience;
  readonly graceMs: number;
  readonly overdueMs: number;
  readonly fromBlock?: number;
  /** How long a round reads entries. */
  readonly budgetMs: number;
  readonly now: () => number;
  readonly save: () => Promise<void>;
}

/** What one round saw, beside its findings. */
export interface Seen {
  /** The checkpoint as it was served, if it was signed. */
  readonly shown: SeenCheckpoint | undefined;
  readonly witnessed: Witnessed | undefined;
  /** False where the log, or a chain that was to be asked, gave no answer. */
  readonly reached: boolean;
}

/** Looks once: at the log, its entries, its witnesses, its chains, and at others who show it. */
export async function look(rounds: Rounds, state: MonitorState, findings: Findings): Promise<Seen> {
  const now = rounds.now();
  const at = new Date(now).toISOString();
  const tiles = lazyTiles(rounds.reader, state);
  let reached = true;
  const orNot = async (work: () => Promise<void>): Promise<void> => {
    try {
      await findings.keeping(work);
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      reached = false;
      findings.note('NOT_REACHED', error.message);
    }
  };
  let shown: SeenCheckpoint | undefined;
  await orNot(() => identity(rounds, state, findings));
  await orNot(async () => {
    shown = await followCheckpoint({ reader: rounds.reader, state, findings, at });
    state.reachedAt = at;
  });
  if (!reached) unreachable(state, now, rounds.graceMs, findings);
  await rounds.save();
  await orNot(() => entries(rounds, state, findings, tiles));
  const witnessed = witnesses(rounds, state, findings, shown, now);
  await orNot(() => anchors(rounds, state, findings, tiles, now));
  for (const source of rounds.elsewhere) {
    const work = { state, findings, tiles, from: rounds.reader.name, at, policy: rounds.policy };
    await orNot(() => compareElsewhere(work, source));
  }
  reached &&= !findings.notes.some(({ code }) => code === 'CHAIN_NOT_REACHED');
  return { shown, witnessed, reached };
}

/** The tiles of the head, opened when they are first asked for. */
function lazyTiles(reader: LogReader, state: MonitorState): () => Promise<VerifiedTiles> {
  let opened: { readonly head: SeenCheckpoint; readonly tiles: Promise<VerifiedTiles> } | undefined;
  return () => {
    const { head } = state;
    if (head === null) throw new Unreachable('no checkpoint of the log has been seen yet');
    if (opened?.head.size !== head.size) opened = { head, tiles: openTiles(reader, state.checked, head) };
    return opened.tiles;
  };
}

async function identity({ patience }: Rounds, state: MonitorState, findings: Findings): Promise<void> {
  if (!state.firstUse) return;
  const told = await askIdentities(state.url, patience);
  if (told !== undefined) compareIdentity(state.pinned, told, findings);
  else findings.note('NOT_REACHED', 'The server no longer says who it is.');
}

function unreachable(state: MonitorState, now: number, graceMs: number, findings: Findings): void {
  const silentMs = now - Date.parse(state.reachedAt);
  if (silentMs <= graceMs) return;
  findings.alarm('UNREACHABLE', `The log has not been seen for ${Math.round(silentMs / 60_000)} minutes.`);
}

async function entries(
  { reader, save, now, budgetMs }: Rounds,
  state: MonitorState,
  findings: Findings,
  tiles: () => Promise<VerifiedTiles>,
): Promise<void> {
  if (state.head === null || state.checked.size >= state.head.size) return;
  const until = now() + budgetMs;
  const enough = (): boolean => now() > until;
  await checkEntries({ reader, tiles: await tiles(), state, findings, save, enough });
}

function witnesses(
  rounds: Rounds,
  state: MonitorState,
  findings: Findings,
  shown: SeenCheckpoint | undefined,
  now: number,
): Witnessed | undefined {
  if (shown === undefined || rounds.policy === undefined || parsePolicy(rounds.policy).witnesses.length === 0) {
    return undefined;
  }
  return checkWitnesses(rounds.policy, shown.note, state.pinned, findings, now);
}

async function anchors(
  { nodes, graceMs, overdueMs, fromBlock, reader }: Rounds,
  state: MonitorState,
  findings: Findings,
  tiles: () => Promise<VerifiedTiles>,
  now: number,
): Promise<void> {
  const byChain = await chainsOf(nodes, state, findings);
  await checkAnchors({
    ...{ state, findings, nodes: byChain, tiles, from: reader.name, now, graceMs, overdueMs },
    ...(fromBlock === undefined ? {} : { fromBlock }),
  });
  forgetAnchored(state);
}

/** The nodes by their chain. A node that does not answer may be of any of them. */
async function chainsOf(
  nodes: readonly AnchorRpc[],
  { pinned }: MonitorState,
  findings: Findings,
): Promise<Map<number, AnchorRpc[]>> {
  const byChain = new Map<number, AnchorRpc[]>();
  const add = (chainId: number, node: AnchorRpc) => byChain.set(chainId, [...(byChain.get(chainId) ?? []), node]);
  const pinnedChains = [...new Set(pinned.anchors.map(({ chainId }) => chainId))];
  for (const node of nodes) {
    try {
      const chainId = await node.chainId();
      add(chainId, node);
      if (!pinnedChains.includes(chainId)) {
        findings.note('NODE_UNUSED', `${node.name} serves chain ${chainId}, where the log is not anchored.`);
      }
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      findings.note('CHAIN_NOT_REACHED', `${node.name}: ${error.message}`);
      if (pinnedChains.length === 1) add(pinnedChains[0]!, node);
    }
  }
  return byChain;
}

/** Sizes that every chain holds are overdue nowhere. */
function forgetAnchored(state: MonitorState): void {
  const held = Math.min(...state.anchors.map(({ size }) => size), state.head?.size ?? 0);
  state.sizes = state.sizes.filter(({ size }, i) => size > held || i === state.sizes.length - 1);
}
