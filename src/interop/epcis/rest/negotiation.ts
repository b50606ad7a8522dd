import Negotiator from 'negotiator';
import type { FastifyRequest } from 'fastify';
import { EpcisProblem } from './epcis-problem.js';

export type DocumentForm = 'json' | 'xml';

/** The form of an answer, and the media type that it is sent as. */
export interface Negotiated {
  readonly form: DocumentForm;
  readonly mediaType: string;
}

const FORMS: readonly Negotiated[] = [
  { form: 'json', mediaType: 'application/json' },
  { form: 'json', mediaType: 'application/ld+json' },
  { form: 'xml', mediaType: 'application/xml' },
  { form: 'xml', mediaType: 'text/xml' },
];

const PROBLEM_FORMS: readonly Negotiated[] = [
  ...FORMS,
  { form: 'json', mediaType: 'application/problem+json' },
  { form: 'xml', mediaType: 'application/problem+xml' },
];

/** Longer ones are not read: nobody means them. */
const LONGEST_ACCEPT = 1000;

/** The form that the client likes best; JSON where it does not say. Throws NotAcceptableException. */
export function negotiated(request: FastifyRequest, offered: readonly Negotiated[] = FORMS): Negotiated {
  const found = preferred(request.headers.accept, offered);
  if (found !== undefined) return found;
  const expected = offered.map(({ mediaType }) => mediaType).join(', ');
  const got = JSON.stringify(request.headers.accept?.slice(0, 100));
  throw new EpcisProblem('NotAcceptableException', 'NOT_ACCEPTABLE', `Expected Accept of ${expected}; got ${got}.`);
}

function preferred(accept: string | undefined, offered: readonly Negotiated[]): Negotiated | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  // Everything is UTF-8, whoever asks for it by name or not.
  const asked = accept.slice(0, LONGEST_ACCEPT).replace(/;\s*charset=[^,;]*/gi, '');
  const [best] = new Negotiator({ headers: { accept: asked } }).mediaTypes(offered.map(({ mediaType }) => mediaType));
  return offered.find(({ mediaType }) => mediaType === best);
}

/** Whether a failure is told in XML: to whoever accepts it, or sends it and does not say. */
export function prefersXml({ headers }: FastifyRequest): boolean {
  const { accept } = headers;
  if (accept !== undefined && !/^\s*(\*\/\*)?\s*$/.test(accept))
    return preferred(accept, PROBLEM_FORMS)?.form === 'xml';
  return mediaTypeOf(headers['content-type']).form === 'xml';
}

/** A `Content-Type` without its parameters, and the form that it means; undefined for one that is no EPCIS document's. */
export function mediaTypeOf(contentType: string | undefined): { mediaType: string; form: DocumentForm | undefined } {
  const mediaType = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return { mediaType, form: FORMS.find((known) => known.mediaType === mediaType)?.form };
}
