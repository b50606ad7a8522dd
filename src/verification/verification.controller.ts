import { Controller, Get, Header, Query } from '@nestjs/common';
import { Address, Public } from '../access/marks.js';
import { BadRequestError } from '../platform/http/problem.js';
import { isStorable } from '../platform/http/safe-text.js';
import { PublicLimit } from './public-limit.js';
import { Scanning } from './scanning.service.js';
import type { PublicVerification } from './verification.model.js';

/** The public check as a plain URL: `/verify?scan=...`, the scan percent-encoded. */
@Public()
@Controller('verify')
export class VerificationController {
  constructor(
    private readonly scanning: Scanning,
    private readonly limit: PublicLimit,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async verify(@Query('scan') scan: unknown, @Address() address: string): Promise<PublicVerification> {
    if (typeof scan !== 'string' || !isStorable(scan)) {
      throw new BadRequestError('SCAN_MISSING', 'Expected one parameter `scan`, percent-encoded.');
    }
    await this.limit.count(address);
    return this.scanning.verifyPublic(scan);
  }
}
