import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PubSub } from '../platform/graphql/pubsub.js';
import { PartnersDirectory } from './partners-directory.js';

/** Keeps this process's directory in step with the database: loads it before the server listens, then follows changes. */
@Injectable()
export class DirectoryFeed implements OnModuleInit {
  private readonly log = new Logger(DirectoryFeed.name);
  private queue = Promise.resolve();

  constructor(
    @Inject(PubSub) private readonly pubsub: PubSub,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.pubsub.listen('halisi_partners', (payload) => this.follow(() => this.directory.onChange(payload)));
    this.pubsub.onReconnect(() => this.follow(() => this.directory.load()));
    await this.inTurn(() => this.directory.load());
  }

  private follow(work: () => Promise<void>): void {
    this.inTurn(work).catch((error: unknown) => this.log.warn(`Following the partners: ${String(error)}`));
  }

  /** One after another: what a load of everything read is never written over later news. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
