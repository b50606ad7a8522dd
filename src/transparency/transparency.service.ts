import { randomBytes } from 'node:crypto';
import { hexToBytes } from '../domain/bytes.js';
import { chainLogId } from '../domain/tlog/index.js';
import type { Chain } from '../platform/chain/chain.js';
import type { ConfigValues } from '../platform/config/config.js';
import type { Database } from '../platform/database/database.js';
import { keptSecret } from '../platform/embedded/secrets.js';
import { Anchorer, type AnchorPolicy, type AnchorStatus } from './anchor/anchorer.js';
import { logIdOf } from './anchor/anchor.store.js';
import { EvmAnchorChain } from './anchor/evm-chain.js';
import { CheckpointService } from './checkpoint/checkpoint.service.js';
import { type LogSigner, localLogSigner } from './checkpoint/log-key.js';
import { Lease } from './lease.js';
import { Integrator } from './log/integrator.js';
import type { LogReader } from './log/log-reader.js';
import { ensureLog, growLog, logState } from './log/log.store.js';

/** The one log of an installation today; every table and proof is ready for more. */
export const LOG = 0;
/** Entries for which partitions are kept ready. */
const AHEAD = 4_194_304;
const GWEI = 1_000_000_000n;
/** How long somebody else's chain may show less than it had before that is believed. */
const PATIENCE_WITH_OTHERS_MS = 600_000;

/** What a verifier must know of the log beforehand; served at /.well-known/halisi.json. */
export interface LogIdentity {
  readonly origin: string;
  readonly vkey: string;
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly publisher: string;
}

/** The log of this installation with its key, and the rounds of work that make it public. */
export class Transparency {
  private constructor(
    private readonly database: Database,
    private readonly integrator: Integrator,
    private readonly checkpoints: CheckpointService,
    private readonly anchorer: Anchorer,
    private readonly lease: Lease,
    readonly identity: LogIdentity,
  ) {}

  /** Makes the log and room for its entries where they are missing; nothing may be captured before. */
  static async open(config: ConfigValues, database: Database, reader: LogReader, chain: Chain): Promise<Transparency> {
    const origin = await originOf(config, database);
    await ensureLog(database, LOG, origin);
    await growLog(database, LOG, AHEAD);
    const signer = signerOf(config, origin);
    const evm = new EvmAnchorChain(chain);
    const fresh = chainLogId(evm.publisher, origin);
    const { chainId, contract, publisher } = evm;
    const logId = await logIdOf(database, { log: LOG, chainId, contract, publisher }, fresh);
    return new Transparency(
      database,
      new Integrator(database, LOG),
      new CheckpointService(database, reader, signer),
      new Anchorer(database, reader, evm, policyOf(config, chain.embedded), LOG, fresh),
      new Lease(database, `anchor/${LOG}/${chainId}/${contract}`),
      { origin, vkey: signer.vkey, chainId, contract, logId, publisher },
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
    await this.checkpoints.sign(LOG);
  }

  /** One round of anchoring; null while another process does it. */
  async anchor(): Promise<AnchorStatus | null> {
    return (await this.lease.hold()) ? this.anchorer.round() : null;
  }

  /** Makes room for entries to come. */
  async grow(): Promise<void> {
    await growLog(this.database, LOG, AHEAD);
  }

  /** Lets another process anchor at once. */
  close(): Promise<void> {
    return this.lease.release();
  }
}

/** The configured origin; else the one that the log has; else a new one that no other installation has. */
async function originOf({ origin }: ConfigValues, database: Database): Promise<string> {
  if (origin !== undefined) return origin;
  return (await logState(database, LOG))?.origin ?? `halisi.invalid/log-${randomBytes(8).toString('hex')}`;
}

function signerOf({ home }: ConfigValues, origin: string): LogSigner {
  const seed = keptSecret(home, 'log.key', () => randomBytes(32).toString('hex')).trim();
  return localLogSigner(origin, hexToBytes(seed));
}

function policyOf({ chain, transparency }: ConfigValues, embedded: boolean): AnchorPolicy {
  return {
    intervalMs: transparency.anchorIntervalMs,
    entries: 100_000,
    stuckAfterMs: embedded ? Math.max(30_000, 20 * chain.blockTimeMs) : 90_000,
    maxFee: BigInt(chain.maxFeeGwei) * GWEI,
    lossPatienceMs: embedded ? 0 : PATIENCE_WITH_OTHERS_MS,
  };
}
