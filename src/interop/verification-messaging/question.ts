import { randomUUID } from 'node:crypto';
import { DomainError } from '../../domain/errors.js';
import { parseGln } from '../../domain/gs1/gln.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { parseLot, parseSerial } from '../../domain/gs1/lot-serial.js';
import { percentEncode } from '../../domain/gs1/percent.js';
import { BadRequestError } from '../../platform/http/problem.js';
import { CONTEXTS } from './contexts.js';

/** A question about one pack, as one system puts it to another. */
export interface Question {
  /** 14 digits. */
  readonly gtin: string;
  readonly lot: string;
  readonly ser: string;
  /** YYMMDD, as in AI (17). */
  readonly exp: string;
  readonly context: string;
  readonly reqGLN: string;
  readonly corrUUID: string;
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DEFAULT_CONTEXT = 'dscsaSaleableReturn';

/** What `GET /verify/gtin/{gtin}/lot/{lot}/ser/{ser}` asks. Throws BadRequestError (400) that names the parameter. */
export function questionOf(path: Readonly<Record<string, string>>, query: Readonly<Record<string, unknown>>): Question {
  const { linkType, corrUUID } = query;
  // A resolver that was asked for a GS1 Digital Link passes its attribute on.
  const exp = query['exp'] ?? query['17'];
  if (linkType !== undefined && linkType !== 'verificationService') {
    throw wrong('LINK_TYPE_INVALID', 'linkType', 'verificationService', linkType);
  }
  if (typeof exp !== 'string' || !/^\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])$/.test(exp)) {
    throw wrong('EXPIRY_INVALID', 'exp', 'the expiry as YYMMDD', exp);
  }
  if (corrUUID !== undefined && (typeof corrUUID !== 'string' || !UUID.test(corrUUID))) {
    throw wrong('CORRELATION_INVALID', 'corrUUID', 'a UUID', corrUUID);
  }
  return {
    gtin: asked(() => parseGtin(path['gtin'] ?? '')),
    lot: asked(() => parseLot(path['lot'] ?? '')),
    ser: asked(() => parseSerial(path['ser'] ?? '')),
    exp,
    context: contextOf(query),
    reqGLN: requesterOf(query),
    corrUUID: corrUUID?.toLowerCase() ?? randomUUID(),
  };
}

/** The parameter `context`; a saleable return where there is none. Throws CONTEXT_UNKNOWN. */
export function contextOf({ context = DEFAULT_CONTEXT }: Readonly<Record<string, unknown>>): string {
  if (typeof context === 'string' && CONTEXTS.has(context)) return context;
  throw wrong('CONTEXT_UNKNOWN', 'context', `one of ${[...CONTEXTS.keys()].join(', ')}`, context);
}

/** The parameter `reqGLN`. Throws REQUESTER_GLN_MISSING, GLN_INVALID. */
export function requesterOf({ reqGLN }: Readonly<Record<string, unknown>>): string {
  if (typeof reqGLN !== 'string') throw wrong('REQUESTER_GLN_MISSING', 'reqGLN', 'the GLN of who asks', reqGLN);
  return asked(() => parseGln(reqGLN));
}

/** A refusal of ours, as the standard's 400. */
export function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new BadRequestError(error.code, error.message, 400, error.details);
  }
}

/** Path and query of a question, below the base URL of a responder. */
export function pathOf({ gtin, lot, ser, exp, context, reqGLN, corrUUID }: Question): string {
  const query = new URLSearchParams({ exp, linkType: 'verificationService', context, reqGLN, corrUUID });
  return `/verify/gtin/${gtin}/lot/${percentEncode(lot)}/ser/${percentEncode(ser)}?${query.toString()}`;
}

const wrong = (code: string, name: string, expected: string, got: unknown): BadRequestError =>
  new BadRequestError(code, `${name}: expected ${expected}, got ${shown(got)}.`, 400, { parameter: name });

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : 'nothing or several';
