import { Injectable } from '@nestjs/common';
import { AddressLimit } from '../access/address-limit.js';
import { Database } from '../platform/database/database.js';

/** Public checks by one address in a minute. Wide: a hospital, or a whole mobile network, may share an address. */
export const PUBLIC_CHECKS = 300;
/** A report blocks a pack: ten a minute are many. */
export const REPORT_WEIGHT = 30;

@Injectable()
export class PublicLimit extends AddressLimit {
  constructor(database: Database) {
    super(database, 'verify', PUBLIC_CHECKS);
  }
}
