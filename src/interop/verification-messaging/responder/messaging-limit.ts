import { Injectable } from '@nestjs/common';
import { AddressLimit } from '../../../access/address-limit.js';
import { Database } from '../../../platform/database/database.js';

/** Questions of one requester, and tries of one address, in a minute. */
const QUESTIONS = 1200;

@Injectable()
export class MessagingLimit extends AddressLimit {
  constructor(database: Database) {
    super(database, 'verification-messaging', QUESTIONS);
  }
}
