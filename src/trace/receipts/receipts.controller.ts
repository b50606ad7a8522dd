import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, purposeOf, requiredActorOf } from '../../access/marks.js';
import { RECEIPT_SET_MEDIA_TYPE } from '../../domain/receipt/receipt-set.js';
import { Transparency } from '../../transparency/transparency.service.js';
import { type IssuedSet, ReceiptDesk, type Request } from './receipt-desk.service.js';
import { formOf, rendered } from './receipt-forms.js';
import { ReceiptRefusedError } from './receipt-refusals.js';
import type { Wish } from './receipt-view.js';

const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const whole = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);

/** `state` adds the proof that a block's state holds the log: then no node of the chain need be believed. */
const proof = z.enum(['transaction', 'state']).default('transaction');

const ofEvent = z.strictObject({
  epc: z.string().min(1).optional(),
  epcs: list.optional(),
  fields: list.optional(),
  as: z.string().optional(),
  proof,
});
const ofShipment = z.strictObject({ epcs: list.optional(), fields: list.optional(), proof });
const ofLot = z.strictObject({
  gtin: z.string(),
  lot: z.string(),
  packs: flag.optional(),
  later: flag.optional(),
  after: whole.optional(),
  first: whole.optional(),
  proof,
});

const LOT_PARAMETERS = 'gtin, lot, packs, later, after, first and proof';
/** Stands for every field that the reader may see. */
const ALL = '*';

/** Receipts as files. Lists are given by naming a parameter more than once. */
@Allow('read')
@Controller('log')
export class ReceiptsController {
  constructor(
    @Inject(ReceiptDesk) private readonly desk: ReceiptDesk,
    @Inject(Transparency) private readonly transparency: Transparency,
  ) {}

  /**
   * `?epc=` is the receipt of one pack's part in the event; `?fields=` and `?epcs=` choose any part of it, and `fields=*`
   * all. `?as=` or `Accept` says in which form.
   */
  @Get('receipt/:position')
  async event(
    @Param('position') place: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { epc, epcs, fields, as, proof: detail } = parsed(ofEvent, query, 'epc, epcs, fields, as and proof');
    const position = positionIn(place);
    const form = formOf(as, request.headers.accept);
    if (epc === undefined && epcs === undefined && fields === undefined) {
      throw invalid(
        'Say what to show: /log/receipt/POSITION?epc=DIGITAL_LINK, or fields and epcs, or fields=* for all.',
      );
    }
    if (form === 'qr' && epc === undefined) throw invalid('QR codes are of one pack’s receipt: name its epc.');
    if (form === 'qr') return void reply.redirect(`${place}/codes?${request.url.split('?')[1] ?? ''}`, 303);
    const asker = requestOf(request, 'GET /log/receipt');
    const issued =
      epc === undefined
        ? await this.desk.event(asker, position, wishOf(fields, epcs), detail)
        : await this.desk.pack(asker, position, epc, detail);
    const { mediaType, body, extension } = rendered(issued, form, (proof, root) => this.transparency.cose(proof, root));
    await asFile(reply, `receipt-${position}${extension}`, issued.evidence).type(mediaType).send(body);
  }

  /** Receipts of a shipment, by the eventID of its shipping event. */
  @Get('receipts/shipment/:eventID')
  async shipment(
    @Param('eventID') eventID: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { epcs, fields, proof: detail } = parsed(ofShipment, query, 'epcs, fields and proof');
    const asker = requestOf(request, 'GET /log/receipts/shipment');
    await sendSet(reply, 'shipment', await this.desk.shipment(asker, eventID, wishOf(fields, epcs), detail));
  }

  /** Receipts of a whole lot; the header `halisi-next` says where more follow. */
  @Get('receipts/lot')
  async lot(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { packs = false, later = false, proof: detail, ...which } = parsed(ofLot, query, LOT_PARAMETERS);
    const asker = requestOf(request, 'GET /log/receipts/lot');
    await sendSet(reply, 'lot', await this.desk.lot(asker, { ...which, packs, later, detail }));
  }
}

export const requestOf = (request: FastifyRequest, operation: string): Request => ({
  actor: requiredActorOf(request),
  purpose: purposeOf(request, 'audit'),
  operation,
});

/** A position as a path has it. Throws RECEIPT_REQUEST_INVALID. */
export function positionIn(text: string): number {
  const position = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(position)) return position;
  throw invalid(`Expected a position in the log, got ${JSON.stringify(text.slice(0, 40))}.`);
}

function wishOf(fields: readonly string[] | undefined, epcs: readonly string[] | undefined): Wish {
  if (fields?.includes(ALL) !== true) return { fields, epcs };
  if (epcs === undefined && fields.length === 1) return {};
  throw invalid('fields=* is everything, EPCs too: leave the others out, or name the fields.', 'fields');
}

async function sendSet(reply: FastifyReply, name: string, { evidence, text, next }: IssuedSet): Promise<void> {
  if (next !== null) void reply.header('halisi-next', String(next));
  await asFile(reply, `receipts-${name}.json`, evidence).type(RECEIPT_SET_MEDIA_TYPE).send(text);
}

const asFile = (reply: FastifyReply, name: string, evidence: string): FastifyReply =>
  reply
    .header('cache-control', 'private, no-store')
    .header('vary', 'accept, authorization')
    .header('x-content-type-options', 'nosniff')
    .header('halisi-evidence', evidence)
    .header('content-disposition', `attachment; filename="${name}"`);

function parsed<T>(schema: z.ZodType<T>, query: unknown, names: string): T {
  const checked = schema.safeParse(query);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const name = String(issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]);
  throw invalid(`The parameters are ${names}. ${name}: ${issue?.message ?? 'not understood'}.`, name);
}

const invalid = (message: string, parameter?: string): ReceiptRefusedError =>
  new ReceiptRefusedError('RECEIPT_REQUEST_INVALID', message, parameter === undefined ? {} : { parameter });
