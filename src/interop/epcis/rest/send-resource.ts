import type { FastifyReply } from 'fastify';
import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { EpcisExchange } from './exchange.js';
import { XML_DECLARATION, xmlElement, xmlLeaf } from './xml.js';

/** Answers with a resource that is no event: its JSON value, or the XML that says the same. */
export function sendResource(
  reply: FastifyReply,
  { form, mediaType }: EpcisExchange,
  { json, xml }: { readonly json: unknown; readonly xml: () => string },
): void {
  const body = form === 'json' ? JSON.stringify(json) : XML_DECLARATION + xml();
  void reply.type(`${mediaType}; charset=utf-8`).send(body);
}

/** Answers with a `Collection`: names of resources, or identifiers. The binding has no XML schema for it; ours is plain. */
export function sendCollection(reply: FastifyReply, exchange: EpcisExchange, member: readonly string[]): void {
  sendResource(reply, exchange, {
    json: { '@context': EPCIS_CONTEXT_URL, type: 'Collection', member },
    xml: () =>
      xmlElement(
        'epcis:Collection',
        { 'xmlns:epcis': 'urn:epcglobal:epcis:xsd:2' },
        member.map((name) => xmlLeaf('member', name)).join(''),
      ),
  });
}
