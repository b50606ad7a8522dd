import { type Namespaces, namespacesOf } from '../../domain/epcis/context.js';
import type { VocabularyGroup } from '../../domain/epcis/document.js';
import type { JsonValue } from '../../domain/epcis/event.js';
import { canonicalAttribute, canonicalId } from './names.js';

/** Where master data came from. */
export interface MasterDataSource {
  /** `capture_job.id` of the document; null for an imported file. */
  readonly job: string | null;
  /** Who said it, as the document's header names it. */
  readonly sender?: string | undefined;
  /** The document's `@context`, for the prefixes of attribute names. */
  readonly context?: JsonValue | undefined;
}

/** Attribute names in full, each with its value, in the order of the document; a name may come more than once. */
export type Attributes = readonly (readonly [name: string, value: JsonValue])[];

/** What somebody says of one thing. */
export interface NewStatement {
  readonly vocabulary: string;
  readonly canonical: string;
  readonly received: string;
  readonly attributes: Attributes;
  /** Canonical identifiers. */
  readonly children: readonly string[];
}

/** Why an element of a vocabulary is not kept in the store; it stays in the document. */
export type SkippedCode = 'ID_INVALID' | 'ELEMENT_TOO_LARGE' | 'VIEW_FULL';

export interface Skipped {
  readonly id: string;
  readonly code: SkippedCode;
}

const LONGEST_ID = 500;
const LONGEST_ELEMENT = 65_536;

/** The elements of a vocabulary list; of two about the same thing the later counts. What is too large is told in `skipped`. */
export function statementsOf(
  list: readonly VocabularyGroup[],
  source: MasterDataSource,
): { statements: NewStatement[]; skipped: Skipped[] } {
  const namespaces = namespacesOf(source.context);
  const found = new Map<string, NewStatement>();
  const skipped: Skipped[] = [];
  for (const { type, vocabularyElementList = [] } of list) {
    for (const element of vocabularyElementList) {
      const code = type.length > LONGEST_ID ? 'ID_INVALID' : unfit(element);
      if (code !== undefined) {
        skipped.push({ id: String(element.id).slice(0, 100), code });
        continue;
      }
      const canonical = canonicalId(element.id);
      const key = `${type} ${canonical}`;
      found.delete(key);
      found.set(key, {
        vocabulary: type,
        canonical,
        received: element.id,
        attributes: attributesOf(element.attributes ?? [], namespaces),
        children: [...new Set((element.children ?? []).map(canonicalId))],
      });
    }
  }
  return { statements: [...found.values()], skipped };
}

type Element = NonNullable<VocabularyGroup['vocabularyElementList']>[number];

function unfit(element: Element): SkippedCode | undefined {
  if (typeof element.id !== 'string' || element.id === '' || element.id.length > LONGEST_ID) return 'ID_INVALID';
  return JSON.stringify([element.attributes, element.children]).length > LONGEST_ELEMENT
    ? 'ELEMENT_TOO_LARGE'
    : undefined;
}

const attributesOf = (given: NonNullable<Element['attributes']>, namespaces: Namespaces): Attributes =>
  given.map(({ id, attribute = '' }) => [canonicalAttribute(id, namespaces), attribute]);
