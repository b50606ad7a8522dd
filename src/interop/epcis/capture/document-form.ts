import type { FastifyRequest } from 'fastify';
import type { DocumentForm } from '../documents/write-document.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { negotiated } from '../rest/negotiation.js';
import { versionIn } from '../rest/versions.js';

/** The form that a document is asked in, and what it is sent as. */
export interface AskedForm {
  readonly form: DocumentForm;
  readonly mediaType: string;
  readonly version: '1.2' | '2.0';
}

const XML_1_2 = [
  { form: 'xml', mediaType: 'application/xml' },
  { form: 'xml', mediaType: 'text/xml' },
] as const;

/**
 * By `Accept`; XML of version 1.2 by `Accept: application/xml; version=1.2`, `GS1-EPCIS-Version: 1.2` or
 * `GS1-EPCIS-Max: 1.2`. Throws NotAcceptableException, for JSON of version 1.2 too.
 */
export function askedForm(request: FastifyRequest): AskedForm {
  const { accept } = request.headers;
  const old = /^\s*(application|text)\/xml\s*;\s*version="?1\.2"?\s*(;|,|$)/i.exec(accept ?? '');
  if (old !== null) return { form: 'xml-1.2', mediaType: `${old[1]!.toLowerCase()}/xml`, version: '1.2' };
  const version = versionIn(request.headers, 'gs1-epcis-version') ?? versionIn(request.headers, 'gs1-epcis-max');
  if (version !== undefined && version.startsWith('1.')) {
    if (!version.startsWith('1.2')) throw noSuchVersion(version);
    return { form: 'xml-1.2', mediaType: negotiated(request, XML_1_2).mediaType, version: '1.2' };
  }
  const { form, mediaType } = negotiated(request);
  return { form: form === 'json' ? 'json' : 'xml-2.0', mediaType, version: '2.0' };
}

const noSuchVersion = (version: string): EpcisProblem =>
  new EpcisProblem('NotAcceptableException', 'VERSION_NOT_SPOKEN', `Expected version 2.0 or 1.2; got ${version}.`);
