import { Injectable } from '@nestjs/common';
import { parseGln } from '../../../domain/gs1/gln.js';
import { parseGtin } from '../../../domain/gs1/gtin.js';
import { Config } from '../../../platform/config/config.js';
import { GS1_VOC } from '../../digital-link/resolution/link.js';
import { isOnCurve, keysIn, type PublicJwk } from '../json-web.js';
import { jsonOf, Outside, parsedJson } from './outside.js';
import { RequesterRefusedError } from './requester-errors.js';
import type { ResponderInput } from './responders.input.js';
import { RespondersStore, type StoredResponder } from './responders.store.js';

const VERIFICATION_SERVICE = `${GS1_VOC}verificationService`;
const KEYS_KEPT_MS = 300_000;
const MOST_KEPT = 1000;

/** Whom to ask about a GTIN, and by which keys its answers are known. */
export interface Route {
  /** Without a slash at the end; `/verify/...` follows. */
  readonly baseUrl: string;
  readonly gln: string | null;
  /** Null for a system that is not known to sign: its word is as good as the connection to it. */
  readonly keys: readonly PublicJwk[] | null;
}

/** The directory of responders. */
@Injectable()
export class Responders {
  private readonly kept = new Map<string, { readonly keys: readonly PublicJwk[]; readonly until: number }>();
  private readonly resolverUrl: string | undefined;

  constructor(
    private readonly store: RespondersStore,
    private readonly outside: Outside,
    { verification }: Config,
  ) {
    this.resolverUrl = verification.resolverUrl;
  }

  /** Enters a system, in place of the one before it for the same GTIN or prefix. Throws RequesterRefusedError. */
  register(input: ResponderInput): Promise<StoredResponder> {
    const { gtin = null, companyPrefix = null, gln = null, keys = null, keysUrl = null } = input;
    if ((gtin === null) === (companyPrefix === null))
      throw invalid('Expected a GTIN or a company prefix, one of the two.');
    if (companyPrefix !== null && !/^\d{4,12}$/.test(companyPrefix))
      throw invalid('A company prefix has 4 to 12 digits.');
    if (keys !== null && keysUrl !== null) throw invalid('Expected keys or the URL of keys, not both.');
    return this.store.register({
      gtin: gtin === null ? null : parseGtin(gtin),
      companyPrefix,
      baseUrl: this.outside.checked(input.baseUrl).href.replace(/\/+$/, ''),
      gln: gln === null ? null : parseGln(gln),
      keys: keys === null ? null : keysOf(keys),
      keysUrl: keysUrl === null ? null : this.outside.checked(keysUrl).href,
    });
  }

  async remove(id: number): Promise<StoredResponder> {
    const removed = Number.isSafeInteger(id) ? await this.store.remove(id) : undefined;
    if (removed !== undefined) return removed;
    throw new RequesterRefusedError('NOT_FOUND', 'There is no such responder.');
  }

  /**
   * Whom to ask: the directory's entry, else what the operator's Digital Link resolver says. Never the host of the code on a
   * pack, which whoever printed it chose. Undefined where nobody is known.
   */
  async routeFor(gtin: string): Promise<Route | undefined> {
    const entry = await this.store.find(gtin);
    if (entry === undefined) return this.resolved(gtin);
    const { baseUrl, gln, keys, keysUrl } = entry;
    return { baseUrl, gln, keys: keysUrl === null ? keys : await this.published(keysUrl) };
  }

  private async resolved(gtin: string): Promise<Route | undefined> {
    if (this.resolverUrl === undefined) return undefined;
    const headers = { accept: 'application/linkset+json' };
    const answer = await this.outside.get(`${this.resolverUrl}/01/${gtin}?linkType=linkset`, headers);
    const href = answer?.status === 200 ? serviceIn(jsonOf(answer)) : undefined;
    return href === undefined ? undefined : { baseUrl: baseOf(href), gln: null, keys: null };
  }

  /** The keys at a URL, kept for minutes; none where they cannot be read, and then no answer is believed. */
  private async published(url: string): Promise<readonly PublicJwk[]> {
    const kept = this.kept.get(url);
    if (kept !== undefined && kept.until > Date.now()) return kept.keys;
    const answer = await this.outside.get(url, { accept: 'application/jwk-set+json, application/json' });
    const keys = (answer?.status === 200 && keysIn(jsonOf(answer))) || [];
    if (keys.length === 0) return [];
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(url, { keys, until: Date.now() + KEYS_KEPT_MS });
    return keys;
  }
}

/** The first verification service in a link set; what it is written as is anybody's. */
function serviceIn(linkset: unknown): string | undefined {
  const members = (linkset as { linkset?: unknown } | null | undefined)?.linkset;
  if (!Array.isArray(members)) return undefined;
  for (const member of members as unknown[]) {
    const targets = (member as Record<string, unknown> | null)?.[VERIFICATION_SERVICE];
    const href = Array.isArray(targets) ? (targets as { href?: unknown }[])[0]?.href : undefined;
    if (typeof href === 'string' && URL.canParse(href)) return href;
  }
  return undefined;
}

/** Links lead to the service's root, to `/verify` below it, or to one pack. */
const baseOf = (href: string): string =>
  href
    .replace(/[?#].*$/, '')
    .replace(/\/verify(\/.*)?$/, '')
    .replace(/\/+$/, '');

function keysOf(set: string): readonly PublicJwk[] {
  const keys = keysIn(parsedJson(set)) ?? [];
  if (keys.length > 0 && keys.every(isOnCurve)) return keys;
  throw new RequesterRefusedError(
    'RESPONDER_KEYS_INVALID',
    'Expected a JWK set, as JSON, with at least one ES256 key.',
  );
}

const invalid = (message: string): RequesterRefusedError => new RequesterRefusedError('RESPONDER_INVALID', message);
