import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BadRequestError } from '../platform/http/problem.js';
import { Allow, purposeOf, requiredActorOf } from '../access/marks.js';
import { LabelPrinter } from './label-printer.service.js';
import { type Asker, LabelSubjects } from './label-subjects.service.js';
import type { LabelIdentity } from './label-content.js';
import type { LabelErrorCode } from './label-error.js';
import type { LabelStyleInput } from './label.model.js';
import { SYMBOLOGIES } from './symbology.js';

const parameters = z.strictObject({
  symbology: z.enum(SYMBOLOGIES).optional(),
  dpi: z.coerce.number().int().optional(),
  xDimension: z.coerce.number().optional(),
  hri: z.enum(['below', 'side', 'none']).optional(),
  name: z.enum(['true', 'false']).optional(),
  lot: z.string().optional(),
});

const SUFFIX = /^(?<key>.+)\.(?<format>svg|png)$/s;

/** Labels as plain URLs: `/labels` and the path of the thing's GS1 Digital Link, with `.svg` or `.png`. */
@Allow('read')
@Controller('labels')
export class LabelsController {
  constructor(
    @Inject(LabelSubjects) private readonly subjects: LabelSubjects,
    @Inject(LabelPrinter) private readonly printer: LabelPrinter,
  ) {}

  @Get('01/:gtin/21/:serial')
  pack(
    @Param('gtin') gtin: string,
    @Param('serial') serial: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(serial, query, request, reply, (key, asker, lot) => this.subjects.pack(asker, gtin, key, lot));
  }

  @Get('01/:gtin/10/:lot')
  lot(
    @Param('gtin') gtin: string,
    @Param('lot') lot: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(lot, query, request, reply, (key, asker) => this.subjects.lot(asker, gtin, key));
  }

  @Get('01/:gtin')
  product(
    @Param('gtin') gtin: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(gtin, query, request, reply, (key, asker) => this.subjects.product(asker, key));
  }

  @Get('00/:sscc')
  container(
    @Param('sscc') sscc: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(sscc, query, request, reply, (key, asker) => this.subjects.container(asker, key));
  }

  private async send(
    last: string,
    query: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    find: (key: string, asker: Asker, lot?: string) => Promise<LabelIdentity>,
  ): Promise<void> {
    const { key, format } = splitSuffix(last);
    const { lot, look } = lookOf(query);
    const asker: Asker = { actor: requiredActorOf(request), purpose: purposeOf(request, 'status') };
    const label = await this.printer.print(await find(key, asker, lot), { ...look, format });
    await reply
      .header('cache-control', 'private, max-age=300')
      .header('vary', 'authorization')
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type(label.mediaType)
      .send(typeof label.data === 'string' ? label.data : Buffer.from(label.data));
  }
}

function splitSuffix(last: string): { readonly key: string; readonly format: 'svg' | 'png' } {
  const { key, format } = SUFFIX.exec(last)?.groups ?? {};
  if (key !== undefined && (format === 'svg' || format === 'png')) return { key, format };
  throw invalid('format', 'A label ends in .svg or .png.');
}

function lookOf(query: unknown): { readonly lot?: string; readonly look: LabelStyleInput } {
  const checked = parameters.safeParse(query);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const name = String(issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]);
    throw invalid(name, `${name}: ${issue?.message ?? 'not understood'}.`);
  }
  const { lot, name, ...look } = checked.data;
  return { ...(lot !== undefined && { lot }), look: { ...look, productName: name === 'true' } };
}

const invalid = (parameter: string, message: string): BadRequestError => {
  const code: LabelErrorCode = 'LABEL_PARAMETER_INVALID';
  return new BadRequestError(code, message, 400, { pointer: `/${parameter}` });
};
