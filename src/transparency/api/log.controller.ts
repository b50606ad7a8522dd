import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/marks.js';
import { encodeEntryBundle, parseTilePath, TlogError, type TileResource } from '../../domain/tlog/index.js';
import { Database } from '../../platform/database/database.js';
import { latestCheckpoint } from '../checkpoint/checkpoint.store.js';
import { ENTRY_SIZE, logState, readEntries } from '../log/log.store.js';
import { LogReader } from '../log/log-reader.js';
import { LOG } from '../transparency.service.js';

const FOREVER = 'public, max-age=31536000, immutable';
const BYTES = 'application/octet-stream';

/** The log as c2sp.org/tlog-tiles serves it. A tile or bundle of a width never changes, so caches may keep it for good. */
@Controller('log')
export class LogController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LogReader) private readonly reader: LogReader,
  ) {}

  /** The newest signed checkpoint, a C2SP signed note. */
  @Public()
  @Get('checkpoint')
  async checkpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const checkpoint = await latestCheckpoint(this.database, LOG);
    if (checkpoint === null) return absent(reply);
    const etag = `"${checkpoint.size}"`;
    void reply.header('cache-control', 'no-cache').header('etag', etag);
    if (request.headers['if-none-match'] === etag) await reply.status(304).send();
    else await reply.type('text/plain; charset=utf-8').send(checkpoint.note);
  }

  /** `tile/L/N[.p/W]` and `tile/entries/N[.p/W]`. */
  @Public()
  @Get('tile/*')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const resource = resourceOf(request.url);
    const bytes = resource === null ? null : await this.read(resource);
    if (bytes === null) return absent(reply);
    await reply.header('cache-control', FOREVER).type(BYTES).send(Buffer.from(bytes));
  }

  private async read(resource: TileResource): Promise<Uint8Array | null> {
    if (resource.kind === 'tile') return this.reader.tile(LOG, resource.level, resource.index, resource.width);
    const from = resource.index * 256;
    const state = await logState(this.database, LOG);
    if (state === null || from + resource.width > state.integrated) return null;
    const packed = await readEntries(this.database, LOG, from, from + resource.width);
    const entries = Array.from({ length: resource.width }, (_, i) =>
      packed.subarray(i * ENTRY_SIZE, (i + 1) * ENTRY_SIZE),
    );
    return encodeEntryBundle(entries);
  }
}

function resourceOf(url: string): TileResource | null {
  try {
    return parseTilePath(url.replace(/^\/log\//, '').replace(/\?.*$/, ''));
  } catch (error) {
    if (error instanceof TlogError) return null;
    throw error;
  }
}

async function absent(reply: FastifyReply): Promise<void> {
  await reply.status(404).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send('Not found.\n');
}
