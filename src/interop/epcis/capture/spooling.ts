import { EpcisProblem } from '../rest/epcis-problem.js';
import type { SpoolStore } from './spool.store.js';

/** A document up to this size goes with its job; a larger one into the spool, in parts of this size. */
const PART_BYTES = 256 * 1024;
const SMALL_BYTES = 64 * 1024;

/** Keeps a document as it comes by: in memory while it is small, in the spool once it is not. */
export class Spooling {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private parts = 0;
  bytes = 0;
  /** True when the document came to its end. */
  whole = false;

  constructor(
    private readonly spool: SpoolStore,
    private readonly job: string,
    private readonly limit: number,
  ) {}

  /** The same bytes, each kept before it is passed on. Throws CaptureLimitExceededException over the limit. */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.bytes += chunk.length;
      if (this.bytes > this.limit) throw tooManyBytes(this.limit);
      this.waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      this.waitingBytes += chunk.length;
      if (this.waitingBytes >= PART_BYTES) await this.flush();
      yield chunk;
    }
    this.whole = true;
  }

  /** The whole document where it is small; null where it is in the spool, all of it then. */
  async end(): Promise<Buffer | null> {
    if (this.parts === 0 && this.bytes <= SMALL_BYTES) return Buffer.concat(this.waiting);
    if (this.waitingBytes > 0) await this.flush();
    return null;
  }

  /** Forgets what was kept. */
  async discard(): Promise<void> {
    this.waiting = [];
    if (this.parts > 0) await this.spool.remove(this.job);
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    await this.spool.write(this.job, this.parts++, bytes);
  }
}

const tooManyBytes = (limit: number): EpcisProblem =>
  new EpcisProblem(
    'CaptureLimitExceededException',
    'DOCUMENT_TOO_LARGE',
    `Expected a document of at most ${limit} bytes (unpacked); more came. Send it in parts.`,
    { limit },
  );
