import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../../access/marks.js';
import type { Purpose } from '../../../access/purpose.js';
import { checkShipmentFile } from '../../../domain/dscsa/profile.js';
import { transactionInformation } from '../../../domain/dscsa/transaction-information.js';
import { answerProblemsBelow } from '../../../platform/http/problem.filter.js';
import { writeDocument } from '../../epcis/documents/write-document.js';
import { asProblems } from '../../epcis/rest/document-problem.js';
import { noSuch } from '../../epcis/rest/epcis-problem.js';
import { exchangeOf } from '../../epcis/rest/exchange.js';
import { writeEpcisProblem } from '../../epcis/rest/problem-writer.js';
import { sendText } from '../../epcis/rest/send-text.js';
import { ShipmentFiles } from './shipment-files.service.js';

answerProblemsBelow('/dscsa', writeEpcisProblem);

/** `/dscsa/shipments`: what the US Drug Supply Chain Security Act wants said of a shipment. */
@Allow('read')
@Controller('dscsa/shipments')
export class DscsaShipmentsController {
  constructor(private readonly files: ShipmentFiles) {}

  /** The shipment file: EPCIS 1.2 XML with EPC URNs for whoever accepts XML, else 2.0 JSON with identifiers as captured. */
  @Get(':eventID/epcis')
  async epcis(
    @CurrentActor() actor: Actor,
    @ReadPurpose('receiving') purpose: Purpose,
    @Param('eventID') eventID: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { form, mediaType, epcFormat } = exchangeOf(request);
    const format = form === 'xml' && epcFormat === 'No_Preference' ? 'Always_EPC_URN' : epcFormat;
    const operation = 'GET /dscsa/shipments/epcis';
    const { header, events } = await this.files.file({ actor, purpose }, eventID, format, operation);
    const pieces = asProblems(() => writeDocument(header, events, form === 'json' ? 'json' : 'xml-1.2'));
    void reply.headers({ ...PRIVATE, 'GS1-EPCIS-Version': form === 'json' ? '2.0' : '1.2' });
    await sendText(reply, mediaType, pieces);
  }

  /** The transaction information and statement of a shipment, or of what is in one of its packs or containers. */
  @Get(':eventID/transaction-information')
  async information(
    @CurrentActor() actor: Actor,
    @ReadPurpose('receiving') purpose: Purpose,
    @Param('eventID') eventID: string,
    @Query('epc') epc: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const operation = 'GET /dscsa/shipments/transaction-information';
    const { header, events } = await this.files.file({ actor, purpose }, eventID, 'No_Preference', operation);
    const asked = epc === undefined || epc === '' ? undefined : String(epc);
    const information = transactionInformation(header, events, asked);
    if (information === undefined) throw noSuch(`${String(asked).slice(0, 200)} in this shipment`);
    const body = JSON.stringify({ ...information, findings: checkShipmentFile(header, events) });
    await reply.headers(PRIVATE).type('application/json; charset=utf-8').send(body);
  }
}

const PRIVATE = {
  'cache-control': 'private, no-store',
  vary: 'accept, authorization, gs1-epc-format',
  'x-content-type-options': 'nosniff',
};
