import type { OrganisationRole, PersonRole } from '../access/actor.js';

/** An organisation as every module sees it. */
export interface Organisation {
  readonly id: number;
  /** Party GLN, 13 digits. */
  readonly gln: string;
  readonly name: string;
  readonly role: OrganisationRole;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** GS1 company prefixes that it owns, in ascending order. */
  readonly prefixes: readonly string[];
}

export interface Site {
  readonly id: number;
  readonly organisationId: number;
  /** 13 digits. */
  readonly gln: string;
  readonly name: string;
  readonly address: string | null;
  readonly country: string;
  /** WGS 84 degrees; both or neither. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface Product {
  /** 14 digits. */
  readonly gtin: string;
  readonly organisationId: number;
  readonly name: string;
  /** International nonproprietary name (INN). */
  readonly commonName: string | null;
  readonly form: string;
  readonly strength: string;
  /** Smallest dispensable units in one pack. */
  readonly packSize: number;
  /** ISO 3166-1 alpha-2. */
  readonly market: string;
  readonly storageConditions: string | null;
  /** Degrees Celsius. */
  readonly minCelsius: number | null;
  readonly maxCelsius: number | null;
}

export interface Person {
  readonly id: number;
  readonly organisationId: number;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly disabledAt: Date | null;
}

export interface Client {
  readonly id: number;
  readonly organisationId: number;
  readonly clientId: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly disabledAt: Date | null;
}
