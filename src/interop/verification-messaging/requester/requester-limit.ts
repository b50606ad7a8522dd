import { Injectable } from '@nestjs/common';
import { AddressLimit } from '../../../access/address-limit.js';
import { Database } from '../../../platform/database/database.js';

/** Questions to other systems by one organisation in a minute. */
const QUESTIONS = 300;

@Injectable()
export class RequesterLimit extends AddressLimit {
  constructor(database: Database) {
    super(database, 'verify-elsewhere', QUESTIONS);
  }
}
