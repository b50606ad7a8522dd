import type { FastifyReply, FastifyRequest } from 'fastify';
import { negotiated, type Negotiated } from '../rest/negotiation.js';

const JSON_FORMS: readonly Negotiated[] = [
  { form: 'json', mediaType: 'application/json' },
  { form: 'json', mediaType: 'application/ld+json' },
];

/** Answers with a resource that the binding has in JSON alone. Throws NotAcceptableException. */
export function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): void {
  const { mediaType } = negotiated(request, JSON_FORMS);
  void reply.type(`${mediaType}; charset=utf-8`).send(JSON.stringify(value));
}
