import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Listener } from '../access/listener.js';
import { Database } from '../platform/database/database.js';
import { PartnersDirectory } from './partners-directory.js';

/** Keeps this process's directory in step with the database: loads it before the server listens, then follows changes. */
@Injectable()
export class DirectoryFeed implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(DirectoryFeed.name);
  private readonly listener: Listener;

  constructor(database: Database, directory: PartnersDirectory) {
    this.listener = new Listener({
      access: database.access,
      channel: 'halisi_partners',
      onConnected: () => directory.load(),
      onNotification: (payload) => directory.onChange(payload),
      onError: (error) => this.log.warn(`Following the partners: ${String(error)}`),
    });
  }

  onModuleInit(): Promise<void> {
    return this.listener.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.listener.stop();
  }
}
