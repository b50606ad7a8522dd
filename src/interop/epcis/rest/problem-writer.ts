import type { FastifyReply } from 'fastify';
import { HALISI_NAMESPACE } from '../../../domain/epcis/context.js';
import type { ProblemWriter } from '../../../platform/http/problem.filter.js';
import type { Problem } from '../../../platform/http/problem.js';
import { EPCIS_EXCEPTIONS, type EpcisException, EpcisProblem } from './epcis-problem.js';
import { lingerBriefly } from './linger.js';
import { prefersXml } from './negotiation.js';
import { XML_DECLARATION, xmlElement, xmlLeaf } from './xml.js';

/** One failure in the terms of the binding: RFC 7807 with the members `code` and `details` beside. */
export interface EpcisProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const EXCEPTION_OF_STATUS: Readonly<Record<number, EpcisException>> = {
  400: 'ValidationException',
  401: 'SecurityException',
  403: 'SecurityException',
  404: 'NoSuchNameException',
  406: 'NotAcceptableException',
  409: 'ResourceAlreadyExistsException',
  413: 'CaptureLimitExceededException',
  414: 'URITooLongException',
  415: 'UnsupportedMediaTypeException',
  422: 'ValidationException',
  500: 'ImplementationException',
  501: 'ImplementationException',
  503: 'ImplementationException',
};

/** Statuses that the binding does not list for what it means by them. */
const STATUS_IN_BINDING: Readonly<Record<number, number>> = { 422: 400, 410: 404 };

/** Any failure in the terms of the binding; statuses that it has no exception for keep RFC 7807's `about:blank`. */
export function epcisProblemBody(problem: Problem, error?: unknown): EpcisProblemBody {
  const own = error instanceof EpcisProblem ? error : undefined;
  const status = own?.status ?? STATUS_IN_BINDING[problem.status] ?? problem.status;
  const exception = own?.exception ?? EXCEPTION_OF_STATUS[status];
  const { code, message: detail, details } = problem;
  return {
    type: exception === undefined ? 'about:blank' : `epcisException:${exception}`,
    title: exception === undefined ? 'The request is refused.' : EPCIS_EXCEPTIONS[exception].title,
    status,
    detail,
    code,
    ...(details !== undefined && Object.keys(details).length > 0 && { details }),
  };
}

/** The content of an `epcis:EPCISException`, or of an `error` of a capture job, as the 2.0 XML schema orders it. */
export const problemElements = ({ type, title, status, detail, code }: EpcisProblemBody): string =>
  xmlLeaf('type', type) +
  xmlLeaf('title', title) +
  xmlLeaf('status', status) +
  xmlLeaf('detail', detail) +
  xmlLeaf('halisi:code', code);

export const PROBLEM_NAMESPACES = { 'xmlns:epcis': 'urn:epcglobal:epcis:xsd:2', 'xmlns:halisi': HALISI_NAMESPACE };

/** Sends `application/problem+xml` to whoever asks for XML, else `application/problem+json`. */
export const writeEpcisProblem: ProblemWriter = (problem, error, request, reply) => {
  const body = { ...epcisProblemBody(problem, error), requestId: request.id };
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (body.status === 503) void reply.header('retry-after', '1');
  lingerBriefly(request);
  void reply.status(body.status);
  if (prefersXml(request)) sendXml(body, reply);
  else void reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
};

function sendXml(body: EpcisProblemBody, reply: FastifyReply): void {
  const text = XML_DECLARATION + xmlElement('epcis:EPCISException', PROBLEM_NAMESPACES, problemElements(body));
  void reply.type('application/problem+xml; charset=utf-8').send(text);
}
