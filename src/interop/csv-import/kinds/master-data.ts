import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { KNOWN_NAMESPACES } from '../../../domain/epcis/context.js';
import type { VocabularyElement } from '../../../domain/epcis/document.js';
import { identifierFault } from '../../../domain/epcis/identifiers.js';
import { DomainError } from '../../../domain/errors.js';
import { MasterData } from '../../../partners/master-data/master-data.js';
import { canonicalAttribute, canonicalId, CBV_MDA, VOCABULARIES } from '../../../partners/master-data/names.js';
import { type CheckedRow, type Column, type ImportKind, type Outcome, refusedRow } from '../import-kind.js';
import type { RowReader } from '../row-reader.js';

const COLUMNS: readonly Column[] = [
  { name: 'type', required: true, expected: 'one of product, location, party', example: 'location' },
  {
    name: 'id',
    required: true,
    expected: 'an EPC URN, a GS1 Digital Link or another URI, at most 500 characters, check digit right',
    example: 'urn:epc:id:sgln:9522001.00101.0',
  },
];

interface Given {
  readonly type: string;
  readonly element: VocabularyElement & { readonly attributes: readonly { id: string; attribute: string }[] };
}

/** What trading partners say of their products, places and parties. A column beside `type` and `id` is an attribute. */
@Injectable()
export class MasterDataImport implements ImportKind<Given> {
  readonly name = 'master-data';
  readonly columns = COLUMNS;
  readonly open = true;

  constructor(@Inject(MasterData) private readonly masterData: MasterData) {}

  read(row: RowReader): CheckedRow<Given> | undefined {
    const type = row.take('type', typeOf);
    const id = row.take('id', checkedId);
    if (type === undefined || id === undefined) return undefined;
    const attributes = row.others().flatMap(([name, text]) => {
      const value = text.trim();
      return value === '' ? [] : [{ id: attributeName(name), attribute: value }];
    });
    return {
      key: `${row.text('type').toLowerCase()} ${canonicalId(id)}`,
      value: { type, element: { id, attributes } },
    };
  }

  async apply(
    rows: readonly CheckedRow<Given>[],
    { organisationId }: Actor,
    { sender, write }: { readonly sender: string | undefined; readonly write: (refused: number) => boolean },
  ): Promise<Outcome[]> {
    const ids = rows.map(({ value }) => value.element.id);
    const found = await this.masterData.find(organisationId, ids);
    const from = sender === undefined ? null : canonicalId(sender);
    const outcomes = rows.map(({ value }, at): Outcome => {
      const before = found[at]!.said.find((said) => said.vocabulary === value.type && said.sender === from);
      if (before === undefined) return { outcome: 'created' };
      const fields = differing(new Map(before.attributes), value.element.attributes);
      return fields.length === 0 ? { outcome: 'unchanged' } : { outcome: 'changed', fields };
    });
    if (!write(0)) return outcomes;
    const list = rows.map(({ value }) => ({ type: value.type, vocabularyElementList: [value.element] }));
    const { skipped } = await this.masterData.store(organisationId, { job: null, sender }, list);
    const left = new Map(skipped.map(({ id, code }) => [id, code]));
    return outcomes.map((outcome, at) => {
      const code = left.get(ids[at]!.slice(0, 100)) ?? left.get(ids[at]!);
      return code === undefined ? outcome : refusedRow(null, code, 'room for it', ids[at]!.slice(0, 100));
    });
  }
}

function differing(
  before: ReadonlyMap<string, unknown>,
  after: readonly { id: string; attribute: string }[],
): string[] {
  const names = new Set([...before.keys(), ...after.map(({ id }) => id)]);
  const now = new Map(after.map(({ id, attribute }) => [id, attribute]));
  return [...names].filter((name) => before.get(name) !== now.get(name));
}

function typeOf(given: string): string {
  const type = Object.entries(VOCABULARIES).find(([name]) => name === given.toLowerCase());
  if (type !== undefined) return type[1];
  throw new DomainError('TYPE_INVALID', 'Not a type.');
}

function checkedId(given: string): string {
  const fault = given.length > 500 ? 'URI_INVALID' : identifierFault(given);
  if (fault === undefined) return given;
  throw new DomainError(fault, 'Not an identifier.');
}

/** A plain word is one of the CBV's. */
const attributeName = (name: string): string =>
  name.includes(':') ? canonicalAttribute(name, KNOWN_NAMESPACES) : CBV_MDA + name;
