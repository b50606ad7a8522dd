import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Database, type Row } from '../platform/database/database.js';
import { PubSub } from '../platform/graphql/pubsub.js';
import type { Actor } from './actor.js';

/**
 * Sessions that ended, and clients that were changed, while access tokens of theirs are still alive: every process hears
 * of them. What happened longer ago than a token lives need not be remembered.
 */
@Injectable()
export class Endings implements OnModuleInit {
  private readonly log = new Logger(Endings.name);
  private readonly rememberMs: number;
  /** `session:<uuid>` or `client:<id>`, to the time before which tokens do not count, in milliseconds since 1970. */
  private readonly ended = new Map<string, number>();

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PubSub) private readonly pubsub: PubSub,
    @Inject(Config) config: Config,
  ) {
    this.rememberMs = (config.tokens.accessSeconds + 60) * 1000;
  }

  async onModuleInit(): Promise<void> {
    await this.pubsub.listen('halisi_access', (payload) => this.hear(payload));
    this.pubsub.onReconnect(() => {
      this.load().catch((error: unknown) => this.log.warn(`Following ended sessions: ${String(error)}`));
    });
    await this.load();
  }

  /** True when a token of this actor, issued at `issuedAt`, is no longer to be accepted. */
  isEnded(actor: Actor, issuedAt: number): boolean {
    if (this.ended.size === 0) return false;
    if (actor.sessionId !== undefined) return this.ended.has(`session:${actor.sessionId}`);
    const at = this.ended.get(`${actor.subject.kind}:${actor.subject.id}`);
    return at !== undefined && issuedAt < at;
  }

  /** Takes a `halisi_access` notification: `session:<uuid>`, or `client:<id>:<milliseconds since 1970>`. */
  private hear(payload: string): void {
    const [kind, id, at] = payload.split(':');
    this.remember(`${kind}:${id}`, at === undefined ? Date.now() : Number(at));
  }

  private remember(what: string, at: number): void {
    this.ended.delete(what);
    this.ended.set(what, at);
    for (const [oldest, when] of this.ended) {
      if (when > Date.now() - this.rememberMs) break;
      this.ended.delete(oldest);
    }
  }

  private async load(): Promise<void> {
    const rows = await this.database.query<Row & { what: string; at: Date }>(
      'recent_endings',
      `select * from (
         select 'session:' || id as what, ended_at as at from session where ended_at is not null
         union all select 'client:' || id, tokens_from from client where tokens_from is not null
       ) ending where at > now() - make_interval(secs => $1) order by at`,
      [this.rememberMs / 1000],
    );
    for (const { what, at } of rows) this.remember(what, at.getTime());
  }
}
