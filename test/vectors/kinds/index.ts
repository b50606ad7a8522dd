import { epcisDocumentKinds } from './epcis-documents.js';
import { epcisKinds } from './epcis.js';
import { gs1Kinds } from './gs1.js';
import { resolverKinds } from './resolver.js';
import { tlogKinds } from './tlog.js';
import type { VectorKind } from './kind.js';

/** Every kind of case that the code answers. */
export const KINDS: readonly VectorKind[] = [
  ...gs1Kinds,
  ...resolverKinds,
  ...epcisKinds,
  ...epcisDocumentKinds,
  ...tlogKinds,
];

/** True for a file that holds no case: words about the vectors, or data that a case of another file uses. */
export const isNoCase = (relativePath: string): boolean =>
  /(^|\/)(README|LICENSE|NOTICE)[^/]*$/i.test(relativePath) ||
  relativePath.startsWith('tlog/') ||
  relativePath.startsWith('epcis/event-hash/documents/') ||
  relativePath.startsWith('epcis/schema/');
