import { HALISI_NAMESPACE } from '../../domain/epcis/context.js';
import type { PartnersDirectory } from '../partners-directory.js';
import type { Organisation, Product, Site } from '../records.js';
import { CBV_MDA, glnIn, gtinIn, VOCABULARIES } from './names.js';

/** What an owner registered, as master data. */
export interface Registered {
  /** Whose it is. */
  readonly organisationId: number;
  readonly vocabulary: string;
  /** Names in full, values as text; nothing for what was not given. */
  readonly attributes: ReadonlyMap<string, string>;
}

type Values = Readonly<Record<string, string | number | null | undefined>>;

/** What is registered under a canonical identifier; a lot and a pack have what their product has. */
export function registeredAs(directory: PartnersDirectory, canonical: string): Registered | undefined {
  const gtin = gtinIn(canonical);
  if (gtin !== undefined) {
    const product = directory.product(gtin);
    return product && ofProduct(product, directory.organisation(product.organisationId));
  }
  const place = glnIn(canonical);
  if (place === undefined) return undefined;
  const site = directory.siteByGln(place.gln);
  const organisation = directory.organisationByGln(place.gln);
  const [first, second] = [site && ofSite(site), organisation && ofOrganisation(organisation)];
  return place.party ? (second ?? first) : (first ?? second);
}

function ofProduct(product: Product, owner: Organisation | undefined): Registered {
  return registered(
    product.organisationId,
    VOCABULARIES.product,
    {
      regulatedProductName: product.name,
      functionalName: product.commonName,
      dosageFormType: product.form,
      strengthDescription: product.strength,
      netContentDescription: product.packSize,
      manufacturerOfTradeItemPartyName: owner?.name,
    },
    {
      market: product.market,
      storageConditions: product.storageConditions,
      minCelsius: product.minCelsius,
      maxCelsius: product.maxCelsius,
    },
  );
}

const ofSite = ({ organisationId, name, address, country, latitude, longitude }: Site): Registered =>
  registered(organisationId, VOCABULARIES.location, {
    name,
    streetAddressOne: address,
    countryCode: country,
    latitude,
    longitude,
  });

const ofOrganisation = ({ id, name, country }: Organisation): Registered =>
  registered(id, VOCABULARIES.party, { name, countryCode: country });

function registered(organisationId: number, vocabulary: string, cbv: Values, own: Values = {}): Registered {
  const attributes = new Map([...named(CBV_MDA, cbv), ...named(HALISI_NAMESPACE, own)]);
  return { organisationId, vocabulary, attributes };
}

const named = (namespace: string, values: Values): [string, string][] =>
  Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [[namespace + name, String(value)]]));
