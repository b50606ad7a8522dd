import type { EpcisEvent } from '../epcis/event.js';
import type { RefusalCode } from './refusal.js';
import type { EventRef, OrganisationRole } from './world.js';

/** The organisation, and the site, of somebody who scans a pack and is nobody's. It may raise a suspicion, and nothing else. */
export const THE_PUBLIC = 0;

/** Who does it, where and when. */
export interface Act {
  readonly organisation: number;
  readonly role: OrganisationRole | 'public';
  /** Site at which it happens; it belongs to the organisation. */
  readonly site: number;
  /** As the client gave it, ISO 8601 with its offset. */
  readonly eventTime: string;
  /** The server's clock at capture, ISO 8601 in UTC. */
  readonly recordTime: string;
}

/** What the rules must know of partners; synchronous, so the caller loads what the step names beforehand. */
export interface Reference {
  organisation(id: number): { readonly id: number; readonly gln: string; readonly role: OrganisationRole } | undefined;
  site(id: number): { readonly id: number; readonly gln: string; readonly organisationId: number } | undefined;
  /** The organisation whose company prefix the GTIN carries. */
  ownerOfGtin(gtin: string): number | undefined;
  ownerOfSscc(sscc: string): number | undefined;
  packSize(gtin: string): number | undefined;
}

/** And of events of other systems, which name partners and places by their GLN. */
export interface ForeignReference extends Reference {
  siteByGln(gln: string): { readonly id: number; readonly organisationId: number } | undefined;
  organisationByGln(gln: string): { readonly id: number } | undefined;
  /** The site of an organisation that stands for it where an event names none; undefined where it has none. */
  homeOf(organisation: number): number | undefined;
}

/** How an event names an EPC: what a query by EPC must find it under. */
export const MENTION_ROLES = [
  'epc',
  'parent',
  'child',
  'missing',
  'excess',
  'class',
  'eventID',
  'input',
  'output',
] as const;
export type MentionRole = (typeof MENTION_ROLES)[number];

/** A pack or container of an event about which the event could not be decided. */
export interface Gap {
  /** Canonical. */
  readonly epc: string;
  readonly code: RefusalCode;
  readonly message: string;
}

/** What a decision made: the event, and under what it is found. */
export interface Decision {
  readonly event: EpcisEvent;
  /** Organisations beside the capturing one that the event concerns. */
  readonly parties: readonly number[];
  readonly mentions: readonly { readonly epc: string; readonly role: MentionRole }[];
  /** Of an event of another system: what could not be decided. It changed nothing for these. */
  readonly gaps?: readonly Gap[];
}

/** A decision that stores no event: what was asked had been done before, and the answer says so. */
export interface Repeated {
  readonly repeatOf: EventRef;
  readonly repeats: number;
  /** False where the pack had been dispensed elsewhere. */
  readonly sameSite: boolean;
  /** True while nobody need worry: no case is open on the pack for it. */
  readonly soft: boolean;
}
