import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { hashSecret, newSecret } from '../../../access/secrets.js';
import { Config } from '../../../platform/config/config.js';
import { Workers } from '../../../platform/jobs/workers.js';
import { EpcisProblem, noSuch } from '../rest/epcis-problem.js';
import { PageTokensStore } from './page-tokens.store.js';

/** Events a page where the client does not say, and the most that it gets (EPCIS 2.0 REST, `perPage`). */
const USUAL = 30;
export const MOST_PER_PAGE = 1000;
const LIFE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;

/** Which part of a list a request asks for. */
export interface PageRequest {
  readonly perPage: number;
  /** Where to go on; undefined for the beginning. */
  readonly cursor: string | undefined;
}

/**
 * `nextPageToken` of the REST binding: a random name for a place in one list, of one organisation, for a quarter of an
 * hour. Who shows it for another list, or shows somebody else's, learns no more than of one that never was.
 */
@Injectable()
export class PageTokens implements OnApplicationBootstrap {
  constructor(
    private readonly store: PageTokensStore,
    private readonly workers: Workers,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.workers.every('epcis-page-tokens', { everyMs: SWEEP_MS }, () => this.store.sweep());
  }

  /** The part that a request asks for. Throws QueryParameterException for `perPage` or `nextPageToken` that are none. */
  async read(request: FastifyRequest, actor: Actor): Promise<PageRequest> {
    const parameters = parametersOf(request);
    const perPage = perPageOf(parameters.get('perPage'));
    const token = parameters.get('nextPageToken');
    if (token === null) return { perPage, cursor: undefined };
    const found = await this.store.one(hashSecret(token));
    const ours = found?.organisationId === actor.organisationId && found.resource.equals(resourceOf(request));
    if (!ours || found.expiresAt.getTime() <= Date.now()) {
      throw new EpcisProblem(
        'QueryParameterException',
        'PAGE_TOKEN_INVALID',
        'nextPageToken: expected one that an answer to this very request gave and that has not expired; got another.',
        { parameter: 'nextPageToken' },
      );
    }
    return { perPage, cursor: found.cursor };
  }

  /** Puts the way to the next page on an answer: `Link` and `GS1-Next-Page-Token-Expires`. */
  async offer(request: FastifyRequest, reply: FastifyReply, actor: Actor, cursor: string | null): Promise<void> {
    if (cursor === null) return;
    const token = newSecret();
    const expiresAt = new Date(Math.floor((Date.now() + LIFE_MS) / 1000) * 1000);
    const { organisationId } = actor;
    await this.store.insert(hashSecret(token), { organisationId, resource: resourceOf(request), cursor, expiresAt });
    const base = this.config.http.publicUrl ?? `${request.protocol}://${request.host}`;
    const rest = rawParameters(request).filter((part) => !/^nextPageToken(=|$)/.test(part));
    const url = `${base}${pathOf(request)}?${[...rest, `nextPageToken=${token}`].join('&')}`;
    void reply.headers({ Link: `<${url}>; rel="next"`, 'GS1-Next-Page-Token-Expires': expiresAt.toISOString() });
  }

  /** Ends a token. Throws NoSuchNameException where the organisation has none like it. */
  async end(actor: Actor, token: string): Promise<void> {
    if (!(await this.store.remove(hashSecret(token), actor.organisationId))) throw noSuch('nextPageToken');
  }
}

function perPageOf(text: string | null): number {
  if (text === null) return USUAL;
  const perPage = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (perPage >= 1) return Math.min(perPage, MOST_PER_PAGE);
  const message = `perPage: expected a whole number from 1 on; got ${JSON.stringify(text.slice(0, 40))}.`;
  throw new EpcisProblem('QueryParameterException', 'PER_PAGE_INVALID', message, { parameter: 'perPage' });
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0]!;

const rawParameters = ({ url }: FastifyRequest): string[] =>
  (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '').split('&').filter((part) => part !== '');

const parametersOf = (request: FastifyRequest): URLSearchParams =>
  new URLSearchParams(rawParameters(request).join('&'));

/** SHA-256 of the path and the parameters in any order, without those that only say which part is meant. */
function resourceOf(request: FastifyRequest): Buffer {
  const parameters = rawParameters(request).filter((part) => !/^(nextPageToken|perPage)(=|$)/.test(part));
  return createHash('sha256')
    .update([pathOf(request), ...parameters.sort()].join('&'))
    .digest();
}
