import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../../../src/domain/errors.js';
import { parseCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { parseNote } from '../../../../src/domain/tlog/signed-note.js';
import type { ForkEvidence, WitnessedTree } from '../../../../src/domain/tlog/witness.js';
import { UsageError } from '../command.js';
import { makeFile, makeFolder, readIfThere, removeDrafts, replaceFile, systemCode } from './durable.js';

/**
 * The state folder of a witness: `logs/HASH.checkpoint`, the newest checkpoint that was cosigned of a log, as the log
 * signed it, and `forks/HASH-SIZE.json`, evidence. HASH is that of the origin. What it stored outlives any crash.
 */
export class WitnessStore {
  private constructor(private readonly folder: string) {}

  /** Makes what is missing. The caller has the folder for itself. */
  static async open(folder: string): Promise<WitnessStore> {
    for (const part of [folder, join(folder, 'logs'), join(folder, 'forks')]) {
      await makeFolder(part);
      await removeDrafts(part);
    }
    return new WitnessStore(folder);
  }

  /** Undefined where nothing of this log was cosigned. A damaged file is refused: to begin anew could sign a fork. */
  async tree(origin: string): Promise<WitnessedTree | undefined> {
    const path = this.logFile(origin);
    try {
      const note = await readIfThere(path);
      return note === undefined ? undefined : treeOf(note, origin);
    } catch (error) {
      if (systemCode(error) !== undefined) throw error;
      throw new UsageError(
        `${path} is damaged (${String(error)}): bring back what was there, or the log's checkpoint.`,
      );
    }
  }

  saveTree(origin: string, { note }: WitnessedTree): Promise<void> {
    return replaceFile(this.logFile(origin), note);
  }

  /** False where a fork of this log and size is kept already: the first evidence is enough. */
  saveFork(fork: ForkEvidence): Promise<boolean> {
    const path = join(this.folder, 'forks', `${hashOf(fork.origin)}-${fork.size}.json`);
    return makeFile(path, `${JSON.stringify(fork, null, 2)}\n`);
  }

  async forks(): Promise<ForkEvidence[]> {
    const folder = join(this.folder, 'forks');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(names.map(async (name) => forkOf(join(folder, name))));
  }

  private logFile(origin: string): string {
    return join(this.folder, 'logs', `${hashOf(origin)}.checkpoint`);
  }
}

const hashOf = (origin: string): string => createHash('sha256').update(origin).digest('hex').slice(0, 32);

function treeOf(note: string, expected: string): WitnessedTree {
  const { origin, size, root } = parseCheckpoint(parseNote(note).text);
  if (origin !== expected) throw new DomainError('TLOG_ORIGIN_MISMATCH', `it is of ${JSON.stringify(origin)}`);
  return { size, root, note };
}

async function forkOf(path: string): Promise<ForkEvidence> {
  const fork = JSON.parse((await readIfThere(path)) ?? 'null') as Partial<ForkEvidence> | null;
  const { origin, size, kept, refused } = fork ?? {};
  if (
    typeof origin === 'string' &&
    typeof size === 'number' &&
    typeof kept === 'string' &&
    typeof refused === 'string'
  ) {
    return { origin, size, kept, refused };
  }
  throw new UsageError(`${path} is not evidence of a fork.`);
}
