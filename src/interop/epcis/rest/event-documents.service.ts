import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { DocumentHeader } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { translateEvent } from '../../../domain/epcis/translate.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { writeDocument } from '../documents/write-document.js';
import { asProblems } from './document-problem.js';
import type { EpcisExchange } from './exchange.js';

/** How long the company prefix of a key is, as far as it is registered. */
export const prefixLengths =
  (directory: PartnersDirectory) =>
  (digits: string): number | undefined => {
    const owner = directory.ownerOfPrefix(digits);
    return owner?.prefixes.find((prefix) => digits.startsWith(prefix))?.length;
  };

/** What stands around the events of an answer. */
export interface QueryAnswer {
  readonly queryName?: string;
  readonly subscriptionID?: string;
  readonly events: readonly EpcisEvent[];
}

/** Writes events as EPCISQueryDocuments, in the form and the translation that was asked for. */
@Injectable()
export class EventDocuments {
  constructor(private readonly directory: PartnersDirectory) {}

  /**
   * Answers with the events, identifiers and words written as the request asks. Throws NotAcceptableException where they
   * cannot be, as for a company prefix of which nobody here knows how long it is.
   */
  async send(reply: FastifyReply, exchange: EpcisExchange, answer: QueryAnswer): Promise<void> {
    const text = await this.text(exchange, answer);
    await reply.status(200).type(`${exchange.mediaType}; charset=utf-8`).send(text);
  }

  /** The document as text, for what is no answer to a request. Throws NotAcceptableException. */
  async text(
    { form, epcFormat, cbvFormat }: Pick<EpcisExchange, 'form' | 'epcFormat' | 'cbvFormat'>,
    { queryName = 'SimpleEventQuery', subscriptionID, events }: QueryAnswer,
  ): Promise<string> {
    const header: DocumentHeader = {
      '@context': [EPCIS_CONTEXT_URL],
      type: 'EPCISQueryDocument',
      schemaVersion: '2.0',
      creationDate: new Date().toISOString(),
      epcisBody: { queryResults: { queryName, ...(subscriptionID !== undefined && { subscriptionID }) } },
    };
    const translation = {
      epcFormat,
      cbvFormat: form === 'xml' ? cbvFormat : 'No_Preference',
      prefixLengthOf: prefixLengths(this.directory),
    } as const;
    const written = asProblems(() => {
      const translated = events.map((event) => translateEvent(event, translation));
      return writeDocument(header, translated, form === 'json' ? 'json' : 'xml-2.0');
    });
    const pieces: string[] = [];
    for await (const piece of written) pieces.push(piece);
    return pieces.join('');
  }
}
