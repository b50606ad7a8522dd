import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/marks.js';
import { parseTilePath, TlogError, type TileResource } from '../../domain/tlog/index.js';
import { Database } from '../../platform/database/database.js';
import { cosignedNote } from '../checkpoint/checkpoint.store.js';
import { LogReader } from '../log/log-reader.js';
import { PublishedLog } from '../log/published-log.js';
import { LOG } from '../transparency.service.js';
import { sendAbsent, sendResource } from './conditional.js';

/** The checkpoint is the one thing that changes; a copy of it is asked for anew each time. */
const CHECKPOINT = { type: 'text/plain; charset=utf-8', cacheControl: 'no-cache' };
/** A tile or bundle of a width never changes, so caches may keep it for good. */
const TILE = { type: 'application/octet-stream', cacheControl: 'public, max-age=31536000, immutable' };

/** The log as c2sp.org/tlog-tiles serves it, below the prefix `/log`. Nothing beyond the newest published checkpoint is. */
@Controller('log')
export class LogController {
  private readonly log: PublishedLog;

  constructor(@Inject(Database) database: Database, @Inject(LogReader) reader: LogReader) {
    this.log = new PublishedLog(database, reader, LOG);
  }

  /** The newest published checkpoint, a C2SP signed note with the witnesses' cosignatures. */
  @Public()
  @Get('checkpoint')
  async checkpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const newest = await this.log.newest();
    if (newest === null) return sendAbsent(reply, 'No checkpoint is published yet.');
    return sendResource(request, reply, Buffer.from(cosignedNote(newest)), CHECKPOINT);
  }

  /** `tile/L/N[.p/W]` and `tile/entries/N[.p/W]`. */
  @Public()
  @Get('tile/*')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const resource = resourceOf(request.url);
    if (resource === null) return sendAbsent(reply, 'Expected tile/L/N, tile/entries/N or one of them with .p/W.');
    const bytes = await this.log.read(resource);
    if (bytes === null) return sendAbsent(reply, 'The published log has no tile of this place and width.');
    return sendResource(request, reply, bytes, TILE);
  }
}

/** Only the one spelling of a path is served, escapes included: what a cache keeps then has one name. */
function resourceOf(url: string): TileResource | null {
  try {
    return parseTilePath(url.replace(/^\/log\//, '').replace(/\?.*$/, ''));
  } catch (error) {
    if (error instanceof TlogError) return null;
    throw error;
  }
}
