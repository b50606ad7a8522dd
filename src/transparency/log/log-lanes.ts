import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

const LANES = 2;

/** Connections for reads of tiles and events by their keys: always by index, however small the tables were at first. */
@Injectable()
export class LogLanes implements OnApplicationShutdown {
  readonly database: Database;

  constructor(@Inject(Database) database: Database) {
    this.database = database.lanes(LANES);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
