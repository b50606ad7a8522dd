import type { GraphqlContext } from '../platform/graphql/context.js';
import { loaderOf, type LoaderKey } from '../platform/graphql/loader.js';
import type { PartnersDirectory } from './partners-directory.js';
import type { Organisation } from './records.js';

/** An organisation for a field of another type: from memory, and what is not there, once per request. */
export async function organisationFor(
  directory: PartnersDirectory,
  context: GraphqlContext,
  id: number,
): Promise<Organisation> {
  const organisation = directory.organisation(id) ?? (await loaderOf(context, loaderKeyOf(directory)).load(id));
  if (organisation === undefined) throw new Error(`Organisation ${id} is referred to and does not exist.`);
  return organisation;
}

const keys = new WeakMap<PartnersDirectory, LoaderKey<number, Organisation | undefined>>();

function loaderKeyOf(directory: PartnersDirectory): LoaderKey<number, Organisation | undefined> {
  let key = keys.get(directory);
  if (key === undefined) {
    key = { symbol: Symbol('organisation'), batch: (ids) => directory.findOrganisations(ids) };
    keys.set(directory, key);
  }
  return key;
}
