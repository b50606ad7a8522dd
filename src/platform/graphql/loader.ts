import DataLoader from 'dataloader';
import type { GraphqlContext } from './context.js';

export interface LoaderKey<K, V> {
  readonly symbol: symbol;
  readonly batch: (keys: readonly K[], context: GraphqlContext) => Promise<readonly V[]>;
  readonly cacheKey?: (key: K) => unknown;
}

/**
 * Defines a loader that gathers the keys of one turn into one query, per request: no N+1, and nothing is kept from one
 * client's request to another's. `batch` answers one value a key, in the order of the keys.
 */
export function defineLoader<K, V>(
  name: string,
  batch: (keys: readonly K[], context: GraphqlContext) => Promise<readonly V[]>,
  cacheKey?: (key: K) => unknown,
): LoaderKey<K, V> {
  return { symbol: Symbol(name), batch, ...(cacheKey && { cacheKey }) };
}

/** The loader of this request. */
export function loaderOf<K, V>(context: GraphqlContext, key: LoaderKey<K, V>): DataLoader<K, V> {
  const found = context.loaders.get(key.symbol);
  if (found !== undefined) return found as unknown as DataLoader<K, V>;
  const options = {
    maxBatchSize: 1000,
    cache: !context.live,
    ...(key.cacheKey && { cacheKeyFn: key.cacheKey as (key: K) => K }),
  };
  const loader = new DataLoader<K, V>(async (keys) => [...(await key.batch(keys, context))], options);
  context.loaders.set(key.symbol, loader as unknown as DataLoader<unknown, unknown>);
  return loader;
}

/** Puts rows in the order of their keys; what is missing is null. */
export function inOrder<K, R>(keys: readonly K[], rows: readonly R[], keyOf: (row: R) => K): (R | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}
