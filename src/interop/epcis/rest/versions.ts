import type { IncomingHttpHeaders } from 'node:http';
import { HALISI_NAMESPACE } from '../../../domain/epcis/context.js';
import { EpcisProblem } from './epcis-problem.js';

/** What we speak: `version` is what an answer is in unless it says otherwise. */
export const EPCIS_VERSIONS = { version: '2.0', min: '1.2', max: '2.0' } as const;
export const CBV_VERSIONS = { version: '2.0', min: '1.2', max: '2.0' } as const;

/** Headers of every answer under /epcis. */
export const VERSION_HEADERS = {
  'GS1-EPCIS-Version': EPCIS_VERSIONS.version,
  'GS1-CBV-Version': CBV_VERSIONS.version,
  'GS1-Extensions': `halisi=${HALISI_NAMESPACE}`,
} as const;

/**
 * Checks the version headers of a request against what we speak. `Version` is that of the body, `Min` and `Max` bound that of
 * the answer. Throws NotAcceptableException.
 */
export function checkVersions(headers: IncomingHttpHeaders): void {
  check(headers, 'gs1-epcis', EPCIS_VERSIONS);
  check(headers, 'gs1-cbv', CBV_VERSIONS);
}

function check(headers: IncomingHttpHeaders, name: string, ours: { min: string; max: string }): void {
  const version = versionIn(headers, `${name}-version`);
  if (version !== undefined && (compare(version, ours.min) < 0 || compare(version, ours.max) > 0)) {
    throw refused(`${name}-version`, `a version from ${ours.min} to ${ours.max}`, version);
  }
  const min = versionIn(headers, `${name}-min`);
  if (min !== undefined && compare(min, ours.max) > 0) throw refused(`${name}-min`, `${ours.max} or less`, min);
  const max = versionIn(headers, `${name}-max`);
  if (max !== undefined && compare(max, ours.min) < 0) throw refused(`${name}-max`, `${ours.min} or more`, max);
  if (min !== undefined && max !== undefined && compare(min, max) > 0) {
    throw refused(`${name}-min`, `no more than ${name}-max, ${max}`, min);
  }
}

/** The version that a header names, or undefined. Throws NotAcceptableException for what is no version. */
export function versionIn(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined || value === '') return undefined;
  const text = String(value);
  if (!/^\d{1,4}(\.\d{1,4}){0,3}$/.test(text)) throw refused(name, 'a version, as 2.0', text);
  return text;
}

/** Compares as far as both go: 2.0.1 and 2.0 are the same. */
function compare(one: string, other: string): number {
  const [left, right] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = left.findIndex((part, index) => index < right.length && part !== right[index]);
  return at === -1 ? 0 : left[at]! - right[at]!;
}

const refused = (header: string, expected: string, got: string): EpcisProblem =>
  new EpcisProblem(
    'NotAcceptableException',
    'VERSION_NOT_SPOKEN',
    `${header.toUpperCase()}: expected ${expected}; got ${got.slice(0, 40)}.`,
    { header, expected, got: got.slice(0, 40) },
  );
