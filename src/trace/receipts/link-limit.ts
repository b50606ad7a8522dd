import { Injectable } from '@nestjs/common';
import { AddressLimit } from '../../access/address-limit.js';
import { Database } from '../../platform/database/database.js';

/** Links opened by one address in a minute. Each is recorded, so nobody may open them without end. */
const LINKS_A_MINUTE = 60;

@Injectable()
export class LinkLimit extends AddressLimit {
  constructor(database: Database) {
    super(database, 'receipt-link', LINKS_A_MINUTE);
  }
}
