import type { Prisma } from '../generated/prisma/client.js';
import type { OrganisationRole } from '../access/actor.js';
import type { Organisation, Product, Site } from './records.js';

/** What is read of an organisation, a site and a product, by whoever reads them. */
export const organisationRow = {
  select: {
    id: true,
    gln: true,
    name: true,
    role: true,
    country: true,
    prefixes: { select: { prefix: true }, orderBy: { prefix: 'asc' } },
  },
} as const satisfies Prisma.OrganisationDefaultArgs;

export const siteRow = { omit: { createdAt: true } } as const satisfies Prisma.SiteDefaultArgs;

export const productRow = { omit: { createdAt: true } } as const satisfies Prisma.ProductDefaultArgs;

/** Rows in the shape of `records.ts`; they come frozen, because many readers share them. */
export function organisationOf(row: Prisma.OrganisationGetPayload<typeof organisationRow>): Organisation {
  const prefixes = Object.freeze(row.prefixes.map(({ prefix }) => prefix));
  return Object.freeze({ ...row, role: row.role as OrganisationRole, prefixes });
}

export const siteOf = (row: Prisma.SiteGetPayload<typeof siteRow>): Site => Object.freeze(row);

export function productOf(row: Prisma.ProductGetPayload<typeof productRow>): Product {
  const { gtin, minCelsius, maxCelsius } = row;
  return Object.freeze({
    ...row,
    gtin: String(gtin).padStart(14, '0'),
    minCelsius: minCelsius === null ? null : minCelsius.toNumber(),
    maxCelsius: maxCelsius === null ? null : maxCelsius.toNumber(),
  });
}
