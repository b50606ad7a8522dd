import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { coseReceipt, type InclusionProof } from '../domain/tlog/index.js';
import type { Chain, Chains } from '../platform/chain/chain.js';
import type { ChainSettings } from '../platform/config/chain-settings.js';
import type { ConfigValues } from '../platform/config/config.js';
import type { Database } from '../platform/database/database.js';
import type { AnchorPolicy } from './anchor/anchorer.js';
import { ChainAnchoring } from './anchor/chain-anchoring.js';
import { retireOthers } from './anchor/chain-status.store.js';
import { CheckpointService } from './checkpoint/checkpoint.service.js';
import { knownLogKeys, type LogSigner, openLogSigners } from './checkpoint/log-key.js';
import { Integrator } from './log/integrator.js';
import type { LogReader } from './log/log-reader.js';
import { asksNothing, readWitnessPolicy } from './witness/witness-policy.js';
import { Witnessing } from './witness/witnessing.js';
import { ensureLog, growLog, logState } from './log/log.store.js';

/** The one log of an installation today; every table and proof is ready for more. */
export const LOG = 0;
/** Entries for which partitions are kept ready. */
const AHEAD = 4_194_304;
/** How long somebody else's chain may show less than it had before that is believed. */
const PATIENCE_WITH_OTHERS_MS = 600_000;
/** How long a start waits for the keys of chains; a service that is slower is asked again in the rounds. */
const PATIENCE_WITH_KEYS_MS = 5000;

/** What a verifier must know of the log beforehand; served at /.well-known/halisi.json. */
export interface LogIdentity {
  readonly origin: string;
  /** Verifier keys that sign its checkpoints, Ed25519 first. */
  readonly keys: readonly string[];
  /** The witness policy for readers (c2sp.org/tlog-policy); undefined where the log asks for none. */
  readonly policy?: string | undefined;
}

/** The log of this installation with its key, and the rounds of work that make it public. */
export class Transparency {
  private constructor(
    private readonly database: Database,
    private readonly integrator: Integrator,
    /** Undefined in a process without the log's key. */
    private readonly checkpoints: CheckpointService | undefined,
    /** Signs in the place of `checkpoint`, where witnesses are asked. */
    readonly witnessing: Witnessing | null,
    /** One a chain; none in a process that does not anchor. */
    readonly anchorings: readonly ChainAnchoring[],
    readonly identity: LogIdentity,
    private readonly signer: LogSigner | undefined,
  ) {}

  /** Makes the log and room for its entries where they are missing; nothing may be captured before. */
  static async open(
    config: ConfigValues,
    database: Database,
    reader: LogReader,
    chains: Chains,
  ): Promise<Transparency> {
    const origin = await originOf(config, database);
    await ensureLog(database, LOG, origin);
    await growLog(database, LOG, AHEAD);
    const [signer, ...others] = await openLogSigners(config, database, LOG, origin);
    const keys = await knownLogKeys(database, LOG);
    const anchorings = chains.all.map((chain, i) => {
      const settings = config.chains[i]!;
      const options = { chain, policy: policyOf(settings, chain), overdueAfterMs: settings.overdueAfterMs };
      return new ChainAnchoring(database, reader, { ...options, log: LOG, origin });
    });
    await openKeys(database, anchorings, chains.all);
    const witnesses = readWitnessPolicy(config.transparency.witnessPolicy, keys[0]!);
    const publishesAtOnce = witnesses === undefined || asksNothing(witnesses);
    const checkpoints = signer && new CheckpointService(database, reader, signer, publishesAtOnce, others);
    return new Transparency(
      database,
      new Integrator(database, LOG),
      checkpoints,
      witnesses === undefined || checkpoints === undefined
        ? null
        : new Witnessing(database, reader, checkpoints, LOG, witnesses),
      anchorings,
      { origin, keys, policy: witnesses?.published },
      signer,
    );
  }

  /** Puts all captured entries into tiles; returns how many this process did. */
  async integrate(signal?: AbortSignal): Promise<number> {
    let entries = 0;
    for (;;) {
      const done = await this.integrator.step();
      entries += done?.entries ?? 0;
      if (done === null || done.waiting === 0 || signal?.aborted === true) return entries;
    }
  }

  /** Signs a checkpoint of what is integrated, where the last one is older. */
  async checkpoint(): Promise<void> {
    if (this.witnessing === null) await this.checkpoints?.sign(LOG);
  }

  /**
   * A COSE receipt (RFC 9942) of an entry in the tree of a checkpoint that this log signed; undefined in a process that has
   * not the log's key.
   */
  cose(proof: InclusionProof, root: Uint8Array): Uint8Array | undefined {
    return this.signer && coseReceipt(proof, root, this.signer);
  }

  /** Makes room for entries to come. */
  async grow(): Promise<void> {
    await growLog(this.database, LOG, AHEAD);
  }

  /** Lets another process anchor at once. */
  async close(): Promise<void> {
    await Promise.all([...this.anchorings.map((anchoring) => anchoring.close()), this.witnessing?.close()]);
  }
}

/** The configured origin; else the one that the log has; else a new one that no other installation has. */
async function originOf({ origin }: ConfigValues, database: Database): Promise<string> {
  if (origin !== undefined) return origin;
  return (await logState(database, LOG))?.origin ?? `halisi.invalid/log-${randomBytes(8).toString('hex')}`;
}

function policyOf({ schedule, fees }: ChainSettings, { embedded }: Chain): AnchorPolicy {
  return {
    intervalMs: schedule.everyMs,
    entries: schedule.entries,
    stuckAfterMs: fees.stuckAfterMs,
    fees,
    lossPatienceMs: embedded ? 0 : PATIENCE_WITH_OTHERS_MS,
  };
}

/** What is anchored where is known from the start, where the keys are at hand. Later rounds see to the others. */
async function openKeys(
  database: Database,
  anchorings: readonly ChainAnchoring[],
  chains: readonly Chain[],
): Promise<void> {
  if (anchorings.length === 0) return;
  const current = chains.map(({ chainId, contract }) => ({ log: LOG, chainId, contract, publisher: '' }));
  await retireOthers(database, LOG, current);
  const opened = Promise.allSettled(anchorings.map((anchoring) => anchoring.open()));
  await Promise.race([opened, delay(PATIENCE_WITH_KEYS_MS, undefined, { ref: false })]);
}
