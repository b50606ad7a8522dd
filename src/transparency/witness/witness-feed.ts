import type { Queryable } from '../../platform/database/database.js';
import { latestCheckpoint, type StoredCheckpoint } from '../checkpoint/checkpoint.store.js';
import type { LogReader } from '../log/log-reader.js';
import { cosignedSize, storeCosignature } from './cosignature.store.js';
import type { WitnessClient, WitnessProblem } from './witness-client.js';

/** How a witness stands. */
export interface WitnessState {
  readonly witness: string;
  /** Entries of the newest checkpoint that it cosigned, as far as is known; null before it was asked. */
  readonly size: number | null;
  readonly problem: WitnessProblem | null;
  readonly why: string | null;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** It may be told a size, be overtaken by another of our processes, and be told again. */
const TRIES = 4;

/** Brings one witness's cosignatures in: one question at a time, later and later where it fails. */
export class WitnessFeed {
  private size: number | null = null;
  private problem: { readonly code: WitnessProblem; readonly why: string } | null = null;
  private failures = 0;
  private pauseUntil = 0;
  private asking = false;

  constructor(
    private readonly sql: Queryable,
    private readonly reader: LogReader,
    private readonly log: number,
    private readonly client: WitnessClient,
  ) {}

  get name(): string {
    return this.client.witness.name;
  }

  get key() {
    return this.client.witness.key;
  }

  get state(): WitnessState {
    return { witness: this.name, size: this.size, problem: this.problem?.code ?? null, why: this.problem?.why ?? null };
  }

  /** It claims to have cosigned what we have not signed, or another root: as after a restored backup, or with our key stolen. */
  get contradicts(): boolean {
    return this.problem?.code === 'WITNESS_AHEAD' || this.problem?.code === 'WITNESS_FORK';
  }

  get refuses(): boolean {
    return this.problem?.code === 'WITNESS_REFUSED';
  }

  get busy(): boolean {
    return this.asking;
  }

  /** True while it is given time after a failure. */
  get pausing(): boolean {
    return Date.now() < this.pauseUntil;
  }

  /** Asks for a cosignature; answers whether there is one. Throws only where our own database fails. */
  async ask(checkpoint: StoredCheckpoint, stop: AbortSignal): Promise<boolean> {
    this.asking = true;
    try {
      return await this.cosign(checkpoint, stop);
    } finally {
      this.asking = false;
    }
  }

  private async cosign(checkpoint: StoredCheckpoint, stop: AbortSignal): Promise<boolean> {
    let old = this.size ?? (await cosignedSize(this.sql, this.log, this.key));
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // Another process of ours brought it further, so that the next question is about a newer checkpoint; or ours went back.
      if (old > checkpoint.size) {
        await this.isAhead(old);
        return false;
      }
      const proof = old === 0 ? [] : await this.reader.consistency(this.log, old, checkpoint.size);
      const answer = await this.client.ask({ old, proof, note: checkpoint.note }, stop);
      if (answer.kind === 'cosigned') {
        await storeCosignature(this.sql, this.log, checkpoint.size, answer.cosignature);
        this.size = checkpoint.size;
        this.failures = 0;
        this.problem = null;
        return true;
      }
      if (answer.kind === 'failed') {
        if (!stop.aborted) this.failed(answer.problem, answer.why);
        return false;
      }
      old = this.size = answer.size;
      if (await this.isAhead(answer.size)) return false;
    }
    this.failed('WITNESS_ANSWER', `it named another size ${TRIES} times`);
    return false;
  }

  private async isAhead(size: number): Promise<boolean> {
    const signed = (await latestCheckpoint(this.sql, this.log))?.size ?? 0;
    if (size <= signed) return false;
    this.size = null;
    this.failed('WITNESS_AHEAD', `it says that it cosigned ${size} entries, and only ${signed} are signed here`);
    return true;
  }

  private failed(code: WitnessProblem, why: string): void {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 10));
    this.failures += 1;
    this.pauseUntil = Date.now() + pause;
    this.problem = { code, why };
  }
}
