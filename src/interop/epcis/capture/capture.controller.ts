import { Get, Inject, Options, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { STREAMED } from '../../../platform/http/bodies.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { EpcisProblem, noSuch } from '../rest/epcis-problem.js';
import { Exchange, type EpcisExchange, headerRefused } from '../rest/exchange.js';
import { type DocumentForm, mediaTypeOf } from '../rest/negotiation.js';
import { nextPage, perPageOf, placeIn } from '../rest/page-token.js';
import { sendResource } from '../rest/send-resource.js';
import { sendText } from '../rest/send-text.js';
import { bodyOf } from './body-source.js';
import { CaptureJobs } from './capture-jobs.service.js';
import { askedForm } from './document-form.js';
import { DocumentOut } from './document-out.service.js';
import { type Behaviour, BEHAVIOURS, type CaptureJob } from './job.js';
import { jobJson, jobsXml, jobXml } from './job-view.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `/epcis/capture`: documents in, and what became of them. */
@EpcisController('capture')
export class CaptureController {
  constructor(
    @Inject(CaptureJobs) private readonly jobs: CaptureJobs,
    @Inject(DocumentOut) private readonly documents: DocumentOut,
  ) {}

  @Allow('read')
  @Options()
  discover(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['POST', 'GET'], { ...this.limitHeaders(), 'GS1-Capture-Error-Behaviour': 'all' });
  }

  /** Takes a document in: 202 and the URL of its job, once that is durable. */
  @Allow('capture')
  @RouteConfig(STREAMED)
  @Post()
  async capture(
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.headers(this.limitHeaders());
    const behaviour = behaviourOf(request);
    const id = await this.jobs.submit(actor, bodyOf(request), sentAs(request), behaviour);
    await reply
      .status(202)
      .headers({ location: `/epcis/capture/${id}`, 'GS1-Capture-Error-Behaviour': behaviour })
      .send();
  }

  /** The jobs of one's own organisation, newest first. */
  @Allow('read')
  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Exchange() exchange: EpcisExchange,
    @Query('perPage') perPage: unknown,
    @Query('nextPageToken') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const most = perPageOf(perPage);
    const place = placeIn(token);
    const before = place === undefined ? null : Number(place);
    const jobs = await this.jobs.page(actor, Number.isSafeInteger(before) ? before : null, most + 1);
    const page = jobs.slice(0, most);
    if (jobs.length > most) nextPage(request, reply, String(page.at(-1)!.number));
    sendResource(reply, exchange, { json: page.map(jobJson), xml: () => jobsXml(page) });
  }

  @Allow('read')
  @Options(':id')
  async discoverJob(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.jobOf(actor, id);
    sendDiscovery(reply, ['GET']);
  }

  @Allow('read')
  @Get(':id')
  async job(
    @CurrentActor() actor: Actor,
    @Exchange() exchange: EpcisExchange,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.jobOf(actor, id);
    sendResource(reply, exchange, { json: jobJson(job), xml: () => jobXml(job) });
  }

  @Allow('read')
  @Options(':id/document')
  async discoverDocument(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.discoverJob(actor, id, reply);
  }

  /** The document as it came, in 2.0 JSON, 2.0 XML or 1.2 XML; not of the binding. */
  @Allow('read')
  @Get(':id/document')
  async document(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { form, mediaType, version } = askedForm(request);
    const job = await this.jobOf(actor, id);
    const pieces = await this.documents.document(actor, job.id, form);
    void reply.header('GS1-EPCIS-Version', version);
    await sendText(reply, mediaType, pieces);
  }

  private async jobOf(actor: Actor, id: string): Promise<CaptureJob> {
    const job = UUID.test(id) ? await this.jobs.find(actor, id) : undefined;
    if (job === undefined) throw noSuch('capture job of this id');
    return job;
  }

  private limitHeaders(): Record<string, string> {
    const { events, bytes } = this.jobs.limits;
    return { 'GS1-EPCIS-Capture-Limit': String(events), 'GS1-EPCIS-Capture-File-Size-Limit': String(bytes) };
  }
}

/** `GS1-Capture-Error-Behaviour`. Throws NotAcceptableException. */
function behaviourOf(request: FastifyRequest): Behaviour {
  const given = request.headers['gs1-capture-error-behaviour'];
  if (given === undefined || given === '') return 'rollback';
  const found = BEHAVIOURS.find((behaviour) => behaviour === String(given).toLowerCase());
  if (found === undefined) throw headerRefused('GS1-Capture-Error-Behaviour', 'rollback or proceed', String(given));
  return found;
}

/** The media type of a body that must be an EPCIS document. Throws UnsupportedMediaTypeException. */
export function sentAs(request: FastifyRequest): { readonly mediaType: string; readonly form: DocumentForm } {
  const { mediaType, form } = mediaTypeOf(request.headers['content-type']);
  const charset = /;\s*charset="?([^";,\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (form === undefined) {
    const expected = 'application/json, application/ld+json, application/xml or text/xml';
    throw unsupported(`Expected a body of ${expected}; got ${mediaType.slice(0, 100) || 'none'}.`);
  }
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw unsupported(`Expected a body in UTF-8; got the charset ${charset.slice(0, 40)}.`);
  }
  return { mediaType, form };
}

const unsupported = (message: string): EpcisProblem =>
  new EpcisProblem('UnsupportedMediaTypeException', 'UNSUPPORTED_MEDIA_TYPE', message);
