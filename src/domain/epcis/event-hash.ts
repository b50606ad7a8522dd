import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '../bytes.js';
import { KNOWN_NAMESPACES, namespacesOf } from './context.js';
import { sortByUtf8 } from './hash-values.js';
import { DOCUMENTED, EVENT_NAMES, LEFT_OVER, REFERENCE } from './hash-order.js';
import {
  expandCurie,
  extensionTexts,
  textOf,
  writeFields,
  type EventHashProfile,
  type Fields,
  type Hashing,
} from './hash-writers.js';

export type { EventHashProfile };

export interface EventHashOptions {
  /** Default `documented`. */
  readonly profile?: EventHashProfile;
  /** The `@context` of the document around the event. The event's own is read too, and wins. */
  readonly context?: unknown;
  /** Names, as written in the event, of extensions that a repository added and that are not hashed. */
  readonly ignoredExtensions?: readonly string[];
  /** False where a value with a prefix is a URI already and no prefixed name: in XML. Default true. */
  readonly prefixedValues?: boolean;
  /** Lower-case hexadecimal SHA-256 of the UTF-8 bytes of a text. Default: @noble/hashes. */
  readonly sha256?: (text: string) => string;
}

/**
 * The CBV 2.0 event hash (§8.9) of a JSON event, `ni:///sha-256;<hex>?ver=CBV2.0`. eventID, recordTime and errorDeclaration
 * are not hashed. Throws EventNotHashableError where a field has no pre-hash form; a validated event always has one.
 */
export function eventHash(event: { readonly type: string }, options: EventHashOptions = {}): string {
  const digest = options.sha256 ?? sha256Hex;
  return `ni:///sha-256;${digest(eventHashInput(event, options))}?ver=CBV2.0`;
}

/** The pre-hash string of an event: what `eventHash` digests. */
export function eventHashInput(event: { readonly type: string }, options: EventHashOptions = {}): string {
  const fields = event as unknown as Fields;
  const namespaces = namespacesOf(options.context, fields['@context']);
  const hashing: Hashing = {
    namespaces,
    profile: options.profile ?? 'documented',
    valueNamespaces: options.prefixedValues === false ? KNOWN_NAMESPACES : namespaces,
    ignored: options.ignoredExtensions ?? [],
  };
  const head = `eventType=${expandCurie(textOf('type', event.type), hashing.namespaces)}`;
  const extensions = extensionTexts(fields, EVENT_NAMES, hashing);
  if (hashing.profile === 'documented') {
    return head + writeFields(DOCUMENTED, fields, hashing) + sortByUtf8(extensions).join('');
  }
  const leftOver = LEFT_OVER.map((property) => writeFields([property], fields, hashing));
  return head + writeFields(REFERENCE, fields, hashing) + sortByUtf8([...leftOver, ...extensions]).join('');
}

const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
