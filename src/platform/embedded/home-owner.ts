import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processStat } from './process.js';

interface Owner {
  readonly pid: number;
  readonly started: string;
}

/**
 * Which process looks after the embedded parts of one HALISI_HOME: starts, restarts and stops them. Others with the same
 * home use them as guests, and take over when the owner is gone. A process is known by id and start time, because ids
 * come again, in containers at once.
 */
export class HomeOwner {
  private readonly file: string;
  private readonly self: string;

  constructor(
    readonly home: string,
    readonly part: string,
  ) {
    this.file = join(home, `${part}.owner`);
    this.self = JSON.stringify({ pid: process.pid, started: processStat(process.pid)?.started ?? '' });
  }

  /** Takes the part, or keeps it; false while another living process has it. */
  acquire(): boolean {
    mkdirSync(this.home, { recursive: true });
    const found = this.read();
    if (found === this.self) return true;
    if (found !== undefined) {
      if (isRunning(found)) return false;
      this.removeStale(found);
    }
    const mine = `${this.file}.${process.pid}`;
    writeFileSync(mine, this.self);
    try {
      linkSync(mine, this.file);
      return true;
    } catch {
      return false;
    } finally {
      rmSync(mine, { force: true });
    }
  }

  owns(): boolean {
    return this.read() === this.self;
  }

  release(): void {
    if (this.owns()) rmSync(this.file, { force: true });
  }

  private read(): string | undefined {
    try {
      return readFileSync(this.file, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Two processes may see the same dead owner: what was moved away by mistake is put back. */
  private removeStale(stale: string): void {
    const aside = `${this.file}.${process.pid}.stale`;
    try {
      renameSync(this.file, aside);
      if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, this.file);
    } catch {
      return;
    } finally {
      rmSync(aside, { force: true });
    }
  }
}

function isRunning(owner: string): boolean {
  try {
    const { pid, started } = JSON.parse(owner) as Owner;
    return isAlive(pid) && (processStat(pid)?.started ?? '') === started;
  } catch {
    return false;
  }
}
