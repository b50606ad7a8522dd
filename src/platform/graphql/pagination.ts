import { Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { DomainError } from '../../domain/errors.js';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** `first` and `after` of every list that pages by cursor. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: `How many, 1 to ${MAX_PAGE}.` })
  first: number = DEFAULT_PAGE;

  @Field(() => String, {
    nullable: true,
    description: 'The `endCursor` of the page before; nothing for the first page.',
  })
  after?: string | null;
}

@ObjectType({ description: 'Where a page ends, and whether there is more.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage: boolean;

  @Field(() => String, { nullable: true, description: 'Give it as `after` to get the next page.' })
  endCursor: string | null;
}

export interface Page<T> {
  readonly nodes: T[];
  readonly pageInfo: PageInfo;
}

/** Makes the page type of a model: `class EventPage extends PageOf(Event) {}` with its own @ObjectType. */
export function PageOf<T>(model: Type<T>): Type<Page<T>> {
  @ObjectType({ isAbstract: true })
  abstract class PageModel {
    @Field(() => [model], { description: 'The members of this page, in order.' })
    nodes: T[];

    @Field(() => PageInfo, { description: 'How to get the next page.' })
    pageInfo: PageInfo;
  }
  return PageModel as Type<Page<T>>;
}

/** An opaque cursor out of the key of a row. */
export function encodeCursor(...key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key in a cursor; undefined for the first page. `shape` names the type of each part.
 * Throws DomainError CURSOR_INVALID for anything that encodeCursor did not make for such a key.
 */
export function decodeCursor<Shape extends readonly ('string' | 'number')[]>(
  cursor: string | null | undefined,
  ...shape: Shape
): { [Index in keyof Shape]: Shape[Index] extends 'string' ? string : number } | undefined {
  if (cursor == null) return undefined;
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    key = undefined;
  }
  const fits =
    Array.isArray(key) && key.length === shape.length && shape.every((type, index) => isPart(key[index], type));
  if (!fits) throw new DomainError('CURSOR_INVALID', 'Expected the endCursor of a page of the same list.');
  return key as { [Index in keyof Shape]: Shape[Index] extends 'string' ? string : number };
}

function isPart(value: unknown, type: 'string' | 'number'): boolean {
  if (type === 'string') return typeof value === 'string' && !value.includes('\u0000') && value.isWellFormed();
  return Number.isSafeInteger(value);
}

/** The page size that was asked for. Throws DomainError PAGE_SIZE_INVALID outside 1 to 100. */
export function pageSize(first: number): number {
  if (Number.isInteger(first) && first >= 1 && first <= MAX_PAGE) return first;
  throw new DomainError('PAGE_SIZE_INVALID', `Expected first from 1 to ${MAX_PAGE}, got ${first}.`);
}

/** A page out of rows that were read with one more than was asked for (`limit first + 1`). */
export function pageOf<R, T>(
  rows: readonly R[],
  first: number,
  cursorOf: (row: R) => string,
  toNode: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, first);
  const last = shown.at(-1);
  return {
    nodes: shown.map(toNode),
    pageInfo: { hasNextPage: rows.length > first, endCursor: last === undefined ? null : cursorOf(last) },
  };
}
