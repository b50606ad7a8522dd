import { Controller, Get, Options, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, Public } from '../../access/marks.js';
import { Config } from '../../platform/config/config.js';
import { BadRequestError } from '../../platform/http/problem.js';
import { isStorable } from '../../platform/http/safe-text.js';
import { PublicLimit, REPORT_WEIGHT } from '../../verification/public-limit.js';
import { Linksets } from './linksets.service.js';
import { messagesFor } from './page/languages.js';
import { renderPage, type PageFacts } from './page/page.js';
import { CONTENT_SECURITY_POLICY } from './page/style.js';
import { asJsonLd, PublicAnswers } from './public-answers.service.js';
import { bestMediaType } from './resolution/choose.js';
import { identify, PRIMARY_KEYS, PRIMARY_WORDS, type Identified } from './resolution/identified.js';
import type { AnchoredLinks } from './resolution/link.js';
import { LINKSET_CONTEXT_PATH, linkHeader, linksetOf } from './resolution/linkset.js';
import { HTML, JSON_LD, JSON_TYPE, resolve, type Decision } from './resolution/resolve.js';
import { rootOf } from './root.js';

const RESOLVED = [...PRIMARY_KEYS, ...PRIMARY_WORDS].map((key) => `${key}/*`);
const CHECKED = PRIMARY_KEYS.map((key) => `check/${key}/*`);
const SECONDS_A_DAY = '86400';

/** The GS1 Digital Link resolver, and the public answer about a thing under the same path below `/check`. */
@Public()
@Controller()
export class DigitalLinkController {
  constructor(
    private readonly linksets: Linksets,
    private readonly answers: PublicAnswers,
    private readonly limit: PublicLimit,
    private readonly config: Config,
  ) {}

  @Options([...RESOLVED, ...CHECKED])
  async options(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await forAnyOrigin(reply)
      .headers({
        allow: 'GET, HEAD, OPTIONS',
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'accept, accept-language',
        'access-control-max-age': SECONDS_A_DAY,
      })
      .status(204)
      .send();
  }

  /** Redirects to the link that fits, or answers the link set or the own page. */
  @Get(RESOLVED)
  async resolve(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    forAnyOrigin(reply).header('cache-control', 'no-cache').header('vary', 'accept, accept-language, authorization');
    const identified = await this.identified(request, reply, request.url);
    if (identified === undefined) return;
    const root = rootOf(this.config, request);
    const levels = await this.linksets.of(identified, actorOf(request), root);
    const parameters = new URLSearchParams(identified.query);
    const decision = resolve(levels, {
      linkType: parameters.get('linkType') ?? undefined,
      context: parameters.get('context') ?? undefined,
      query: identified.query,
      accept: request.headers.accept,
      acceptLanguage: request.headers['accept-language'],
    });
    void reply.header('link', linkHeader(`${root}${identified.levels.at(-1)!.path}?linkType=linkset`, levels));
    await this.send(decision, identified, levels, request, reply);
  }

  /** The public answer itself: the page, or the same as JSON-LD. */
  @Get(CHECKED)
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    forAnyOrigin(reply).header('vary', 'accept, accept-language');
    const identified = await this.identified(request, reply, request.url.slice('/check'.length));
    if (identified === undefined) return;
    const levels = await this.linksets.of(identified, undefined, rootOf(this.config, request));
    const form = bestMediaType(request.headers.accept, [HTML, JSON_LD, JSON_TYPE]) ?? HTML;
    await this.content(form, identified, levels, request, reply);
  }

  /** The form on the page: a report about the pack, which blocks it. Answers the page again. */
  @Post('check/report')
  async report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const [link, reason, lang] = ['link', 'reason', 'lang'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    const url = URL.parse(link);
    if (url === null || ![link, reason].every(isStorable)) {
      throw new BadRequestError('REPORT_INVALID', 'Expected a form with `link`, a GS1 Digital Link, and `reason`.');
    }
    const path = url.pathname + url.search;
    const identified = identify(path);
    await this.limit.count(request.ip, REPORT_WEIGHT);
    const report = await this.answers.report(link, reason);
    const levels = await this.linksets.of(identified, undefined, rootOf(this.config, request));
    const facts = { ...(await this.answers.factsOf(identified, levels)), report };
    const separator = path.includes('?') ? '&' : '?';
    await asPage(reply.status(report === 'taken' ? 200 : 422)).send(
      renderPage(facts, messagesFor(lang, request.headers['accept-language']), `/check${path}${separator}lang=${lang}`),
    );
  }

  private async send(
    decision: Decision,
    identified: Identified,
    levels: readonly AnchoredLinks[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    switch (decision.kind) {
      case 'redirect':
        return void (await reply.status(307).header('location', decision.location).send());
      case 'linkset':
        return this.linkset(decision.mediaType, levels, rootOf(this.config, request), reply);
      case 'content':
        return this.content(decision.mediaType, identified, levels, request, reply);
      case 'not_found':
        return this.notFound(decision.code, identified, levels, request, reply);
    }
  }

  private async linkset(mediaType: string, levels: readonly AnchoredLinks[], root: string, reply: FastifyReply) {
    const context = `${root}${LINKSET_CONTEXT_PATH}`;
    const links = String(reply.getHeader('link'));
    const body = mediaType === JSON_LD ? { '@context': context, ...linksetOf(levels) } : linksetOf(levels);
    await reply
      .header('link', `${links}, <${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="${JSON_LD}"`)
      .type(mediaType)
      .send(JSON.stringify(body));
  }

  private async content(
    mediaType: string,
    identified: Identified,
    levels: readonly AnchoredLinks[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    // A look at the headers is no scan.
    if (request.method === 'HEAD') return void (await reply.type(mediaType).send());
    await this.limit.count(request.ip);
    const facts = await this.answers.factsOf(identified, levels);
    if (mediaType !== HTML) return void (await reply.type(mediaType).send(JSON.stringify(asJsonLd(identified, facts))));
    await asPage(reply).send(this.page(facts, identified, request));
  }

  /** A person gets the verdict with the 404: that nothing is known of a pack is what there is to say. */
  private async notFound(
    code: string,
    identified: Identified,
    levels: readonly AnchoredLinks[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (code === 'IDENTIFIER_NOT_FOUND' && identified.key === '01' && isBrowser(request)) {
      void reply.status(404);
      return this.content(HTML, identified, levels, request, reply);
    }
    throw new BadRequestError(code, `No link of this kind is known for ${identified.levels.at(-1)!.path}.`, 404);
  }

  /** What the address identifies; undefined where it identifies nothing and a person was told so on a page. */
  private async identified(request: FastifyRequest, reply: FastifyReply, address: string) {
    try {
      return identify(address);
    } catch (error) {
      if (!(error instanceof BadRequestError) || !isBrowser(request)) throw error;
      const page = renderPage(unreadable(), this.messages(request), request.url);
      await asPage(reply.status(error.status)).send(page);
      return undefined;
    }
  }

  private page(facts: PageFacts, { levels, query }: Identified, request: FastifyRequest): string {
    const path = `/check${levels.at(-1)!.path}`;
    return renderPage(facts, this.messages(request), query === '' ? path : `${path}?${query}`);
  }

  private messages(request: FastifyRequest) {
    const { searchParams } = new URL(request.url, 'http://localhost');
    return messagesFor(searchParams.get('lang') ?? undefined, request.headers['accept-language']);
  }
}

const isBrowser = ({ headers }: FastifyRequest): boolean => headers.accept?.includes(HTML) === true;

/** Whatever is here is public, and a page of any origin may read it. */
const forAnyOrigin = (reply: FastifyReply): FastifyReply =>
  reply
    .header('access-control-allow-origin', '*')
    .header('access-control-expose-headers', 'link, location, content-type');

const asPage = (reply: FastifyReply): FastifyReply =>
  reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8');

const unreadable = (): PageFacts => ({
  ...{ verdict: 'cannot_tell', reason: 'scan_unreadable', advice: 'scan_again', asOf: new Date(), links: [] },
  ...{ product: undefined, commonName: undefined, gtin: undefined, lot: undefined, serial: undefined },
  ...{ expiry: undefined, recalled: undefined, reportable: undefined, report: 'offered' },
});
