import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { JsonWebKey } from 'node:crypto';
import { Public } from './marks.js';
import { JWKS_MAX_AGE_SECONDS, SigningKeys } from './signing-keys.js';

/** The public keys of access tokens (RFC 7517), for other services that accept them. */
@Controller('.well-known')
export class JwksController {
  constructor(@Inject(SigningKeys) private readonly keys: SigningKeys) {}

  @Public()
  @Get('jwks.json')
  @Header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @Header('content-type', 'application/jwk-set+json; charset=utf-8')
  jwks(): Promise<{ keys: JsonWebKey[] }> {
    return this.keys.jwks();
  }
}
