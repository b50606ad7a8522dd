import { Controller, Inject, type OnModuleInit, Post, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CredentialsRefusedError, RateLimitedError } from './errors.js';
import { Public } from './marks.js';
import { SignInService } from './sign-in.service.js';

const FORM = 'application/x-www-form-urlencoded';
const LONGEST_FORM = 8192;

/** An error answer of RFC 6749 §5.2. */
class OAuthError extends Error {
  constructor(
    readonly status: number,
    readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type',
    description: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(description);
  }
}

/** The token endpoint for machine clients: the client credentials grant of RFC 6749 §4.4. */
@Controller('oauth')
export class OAuthController implements OnModuleInit {
  constructor(
    @Inject(SignInService) private readonly service: SignInService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (fastify.hasContentTypeParser(FORM)) return;
    fastify.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: LONGEST_FORM }, (_request, body, done) => {
      done(null, new URLSearchParams(String(body)));
    });
  }

  @Public()
  @Post('token')
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    try {
      const { clientId, secret } = credentialsOf(request);
      const { token, expiresIn } = await this.service.clientToken(clientId, secret, request.ip);
      await reply.status(200).send({ access_token: token, token_type: 'Bearer', expires_in: expiresIn });
    } catch (error) {
      const refusal = oauthErrorOf(error, request);
      await reply
        .status(refusal.status)
        .headers(refusal.headers)
        .send({ error: refusal.error, error_description: refusal.message });
    }
  }
}

function credentialsOf(request: FastifyRequest): { clientId: string; secret: string } {
  const form = request.body;
  if (!(form instanceof URLSearchParams)) throw new OAuthError(400, 'invalid_request', `The body must be ${FORM}.`);
  const grant = one(form, 'grant_type');
  if (grant === undefined) throw new OAuthError(400, 'invalid_request', 'grant_type is missing.');
  if (grant !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  }
  const basic = basicOf(request.headers.authorization);
  const inBody = { clientId: one(form, 'client_id'), secret: one(form, 'client_secret') };
  if (basic !== undefined && inBody.secret !== undefined) {
    throw new OAuthError(400, 'invalid_request', 'Only one way to authenticate may be used in a request.');
  }
  const { clientId, secret } = basic ?? inBody;
  if (clientId === undefined || secret === undefined) throw invalidClient(request);
  return { clientId, secret };
}

/** RFC 6749 §3.2: a parameter must not come more than once. */
function one(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name);
  if (values.length > 1) throw new OAuthError(400, 'invalid_request', `${name} comes more than once.`);
  return values[0] === '' ? undefined : values[0];
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined by a colon. */
function basicOf(header: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  return { clientId: formDecoded(id), secret: formDecoded(rest.join(':')) };
}

const formDecoded = (text: string): string => new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';

function invalidClient(request: FastifyRequest): OAuthError {
  const challenge = /^basic /i.test(request.headers.authorization ?? '') || request.headers.authorization === undefined;
  const headers: Record<string, string> = challenge ? { 'www-authenticate': 'Basic realm="halisi"' } : {};
  return new OAuthError(401, 'invalid_client', 'No active client has these credentials.', headers);
}

function oauthErrorOf(error: unknown, request: FastifyRequest): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof CredentialsRefusedError) return invalidClient(request);
  if (error instanceof RateLimitedError) {
    return new OAuthError(429, 'invalid_request', error.message, { 'retry-after': String(error.retryAfter) });
  }
  throw error;
}
