import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { KNOWN_NAMESPACES, type Namespaces } from '../../../domain/epcis/context.js';
import { EpcisProblem } from './epcis-problem.js';
import { negotiated, type Negotiated } from './negotiation.js';

export const EPC_FORMATS = ['No_Preference', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates'] as const;
export type EpcFormat = (typeof EPC_FORMATS)[number];
export const CBV_FORMATS = ['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'] as const;
export type CbvFormat = (typeof CBV_FORMATS)[number];

/** What a request under /epcis asks of its answer. */
export interface EpcisExchange extends Negotiated {
  /** How identifiers are written; `No_Preference` and `Never_Translates` are as they were captured. */
  readonly epcFormat: EpcFormat;
  /** How words of the CBV are written, in XML. */
  readonly cbvFormat: CbvFormat;
  /** Prefixes that the request declares (`GS1-Extensions`), beside the known ones. */
  readonly namespaces: Namespaces;
}

const MOST_EXTENSIONS = 50;

/** Reads the headers of a request. Throws NotAcceptableException. */
export function exchangeOf(request: FastifyRequest): EpcisExchange {
  return {
    ...negotiated(request),
    epcFormat: choice(request, 'GS1-EPC-Format', EPC_FORMATS),
    cbvFormat: choice(request, 'GS1-CBV-XML-Format', CBV_FORMATS),
    namespaces: extensionsOf(request),
  };
}

/** The exchange, as a parameter of a route. */
export const Exchange = createParamDecorator((_: unknown, context: ExecutionContext) =>
  exchangeOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The value of a header with a closed list; the first of the list where it is absent. */
function choice<const Value extends string>(request: FastifyRequest, header: string, values: readonly Value[]): Value {
  const given = request.headers[header.toLowerCase()];
  if (given === undefined || given === '') return values[0]!;
  const found = values.find((value) => value.toLowerCase() === String(given).toLowerCase());
  if (found !== undefined) return found;
  throw headerRefused(header, `one of ${values.join(', ')}`, String(given));
}

/** `GS1-Extensions: prefix=namespace,…`: prefixes that parameters and extension names of this request may use. */
function extensionsOf(request: FastifyRequest): Namespaces {
  const given = request.headers['gs1-extensions'];
  if (given === undefined || given === '') return KNOWN_NAMESPACES;
  const found = new Map(KNOWN_NAMESPACES);
  const parts = String(given).split(',');
  if (parts.length > MOST_EXTENSIONS)
    throw headerRefused('GS1-Extensions', `at most ${MOST_EXTENSIONS}`, `${parts.length}`);
  for (const part of parts) {
    const [, prefix, namespace] = /^\s*([A-Za-z_][\w.-]{0,99})=(\S{1,500})\s*$/.exec(part) ?? [];
    if (prefix === undefined || namespace === undefined) {
      throw headerRefused('GS1-Extensions', 'prefix=namespace, separated by commas', part);
    }
    found.set(prefix, namespace);
  }
  return found;
}

export const headerRefused = (header: string, expected: string, got: string): EpcisProblem =>
  new EpcisProblem(
    'NotAcceptableException',
    'HEADER_INVALID',
    `${header}: expected ${expected}; got ${JSON.stringify(got.slice(0, 100))}.`,
    { header, expected, got: got.slice(0, 100) },
  );
