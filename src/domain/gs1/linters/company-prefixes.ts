import { isDigits } from '../check-digit.js';
import type { Linter } from './linter.js';

const SHORTEST_PREFIX = 4;

/** The data starts with a GS1 Company Prefix (GS1 GenSpecs 1.4.4). */
export const gcppos1: Linter = (data, context) => {
  if (data.length < SHORTEST_PREFIX) return 'TOO_SHORT_FOR_GCP';
  if (!isDigits(data.slice(0, SHORTEST_PREFIX))) return 'INVALID_GCP_PREFIX';
  const answer = context.companyPrefix?.(data) ?? 'known';
  if (answer === 'offline') return 'GCP_DATASOURCE_OFFLINE';
  return answer === 'known' ? undefined : 'INVALID_GCP_PREFIX';
};

/** As `gcppos1`, after one leading character (the indicator of a GTIN, the extension digit of an SSCC). */
export const gcppos2: Linter = (data, context) => gcppos1(data.slice(1), context);
