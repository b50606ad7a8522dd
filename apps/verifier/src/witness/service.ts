import { type KeyedSigner, COSIGNATURE_ED25519 } from '../../../../src/domain/tlog/cosignature.js';
import type { NoteVerifier } from '../../../../src/domain/tlog/note-key.js';
import {
  type AddCheckpointRequest,
  type ForkEvidence,
  type WitnessRefusal,
  type WitnessedTree,
  cosignatureLines,
  decideAddCheckpoint,
  parseAddCheckpoint,
  refuseMalformed,
} from '../../../../src/domain/tlog/witness.js';
import type { WitnessStore } from './store.js';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What `Witness` tells whoever operates it; a fork is an alarm. */
export type Say = (line: string) => void;

export interface WitnessParts {
  readonly cosigners: readonly KeyedSigner[];
  /** The verifiers of each log, by its origin. */
  readonly logs: ReadonlyMap<string, readonly NoteVerifier[]>;
  readonly store: Pick<WitnessStore, 'tree' | 'saveTree' | 'saveFork' | 'forks'>;
  readonly say: Say;
}

const TEXT = 'text/plain; charset=utf-8';
const MOST_FORKS_SHOWN = 100;

/**
 * A witness over a state folder that it has for itself. Requests about one log are answered one after another, so that
 * a tree that was read is still the newest when the next is stored.
 */
export class Witness {
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly trees = new Map<string, WitnessedTree>();
  private readonly forks: ForkEvidence[] = [];
  private readonly coversExtensions: boolean;

  private constructor(private readonly parts: WitnessParts) {
    this.coversExtensions = parts.cosigners.every(({ key }) => key.type === COSIGNATURE_ED25519);
  }

  /** Reads the state of every log. Throws UsageError where it is damaged. */
  static async open(parts: WitnessParts): Promise<Witness> {
    const witness = new Witness(parts);
    for (const origin of parts.logs.keys()) await witness.tree(origin);
    witness.forks.push(...(await parts.store.forks()));
    return witness;
  }

  /** Answers a request to add-checkpoint. Whatever `body` is, it does not throw. */
  async addCheckpoint(body: string): Promise<Answer> {
    let request: AddCheckpointRequest;
    try {
      request = parseAddCheckpoint(body);
    } catch (error) {
      return answerOf(refuseMalformed(error));
    }
    const { origin } = request.checkpoint;
    const verifiers = this.parts.logs.get(origin);
    const decide = () => this.decide(request, origin, verifiers);
    return verifiers === undefined ? decide() : this.oneByOne(origin, decide);
  }

  private oneByOne<T>(origin: string, work: () => Promise<T>): Promise<T> {
    const done = (this.queues.get(origin) ?? Promise.resolve()).then(work, work);
    this.queues.set(origin, done);
    return done;
  }

  private async decide(
    request: AddCheckpointRequest,
    origin: string,
    verifiers: readonly NoteVerifier[] | undefined,
  ): Promise<Answer> {
    try {
      const kept = verifiers === undefined ? undefined : await this.tree(origin);
      const decision = decideAddCheckpoint(request, { verifiers, kept, coversExtensions: this.coversExtensions });
      if (decision.status !== 200) {
        if (decision.fork !== undefined) await this.keepFork(decision.fork);
        return answerOf(decision);
      }
      // Anybody can ask for the newest tree again: that costs no write.
      if (kept === undefined || kept.size < decision.next.size) {
        await this.keepTree(origin, decision.next);
        this.parts.say(`cosigned ${origin} at size ${decision.next.size}`);
      }
      return { status: 200, contentType: TEXT, body: cosignatureLines(decision.text, this.parts.cosigners) };
    } catch (error) {
      this.parts.say(
        `ERROR: ${origin} could not be answered: ${error instanceof Error ? error.message : String(error)}`,
      );
      return { status: 503, contentType: TEXT, body: 'the witness cannot store its state\n' };
    }
  }

  private async tree(origin: string): Promise<WitnessedTree | undefined> {
    const tree = this.trees.get(origin) ?? (await this.parts.store.tree(origin));
    if (tree !== undefined) this.trees.set(origin, tree);
    return tree;
  }

  private async keepTree(origin: string, next: WitnessedTree): Promise<void> {
    // Where the write fails nobody knows which tree the folder holds, so that the next request reads it again.
    this.trees.delete(origin);
    await this.parts.store.saveTree(origin, next);
    this.trees.set(origin, next);
  }

  private async keepFork(fork: ForkEvidence): Promise<void> {
    if (!(await this.parts.store.saveFork(fork))) return;
    this.forks.push(fork);
    this.parts.say(`ALARM: ${fork.origin} FORKED at size ${fork.size}: it signed two roots. The evidence is kept.`);
  }

  /** What anybody may know of this witness. */
  status(): WitnessStatus {
    return {
      name: this.parts.cosigners[0]?.name ?? '',
      cosigners: this.parts.cosigners.map(({ key }) => key),
      logs: [...this.parts.logs.keys()].map((origin) => ({ origin, tree: this.trees.get(origin) })),
      forks: this.forks.slice(0, MOST_FORKS_SHOWN),
    };
  }
}

export interface WitnessStatus {
  readonly name: string;
  readonly cosigners: readonly KeyedSigner['key'][];
  readonly logs: readonly { readonly origin: string; readonly tree: WitnessedTree | undefined }[];
  readonly forks: readonly ForkEvidence[];
}

const answerOf = ({ status, contentType, body }: WitnessRefusal): Answer => ({ status, contentType, body });
