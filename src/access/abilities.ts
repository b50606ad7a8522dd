import type { Actor, OrganisationRole, PersonRole } from './actor.js';

interface Rule {
  readonly organisations: readonly OrganisationRole[];
  readonly roles: readonly PersonRole[];
}

const everyOrganisation: readonly OrganisationRole[] = [
  'manufacturer',
  'distributor',
  'clinic',
  'regulator',
  'auditor',
];
const traders: readonly OrganisationRole[] = ['manufacturer', 'distributor', 'clinic'];
const everyRole: readonly PersonRole[] = ['admin', 'responsible_person', 'operator', 'pharmacist', 'viewer'];
const hands: readonly PersonRole[] = ['responsible_person', 'operator', 'pharmacist'];

/**
 * Who may do what: both the organisation's role and one of the person's must be in the row. Whether it may be done to
 * this pack or lot (holder, brand owner, consignee) is decided by the custody table, on top of this.
 */
export const abilities = {
  /** See one's own organisation, its packs, and whatever the policy shows. */
  read: { organisations: everyOrganisation, roles: everyRole },
  /** Register and change organisations and the company prefixes they own: licensing. */
  register_organisations: { organisations: ['regulator'], roles: ['admin'] },
  /** Register and change the sites, people and machine clients of one's own organisation. */
  manage_own: { organisations: everyOrganisation, roles: ['admin'] },
  /** Register products under an own prefix, and change them. */
  manage_products: { organisations: ['manufacturer'], roles: ['admin', 'operator'] },
  /** Add links to what the resolver says of things under an own company prefix. */
  manage_links: { organisations: [...traders, 'regulator'], roles: ['admin', 'operator'] },
  /** Register lots, order serial numbers, commission. */
  commission: { organisations: ['manufacturer'], roles: ['responsible_person', 'operator'] },
  /** Pack, unpack, ship, receive. */
  move: { organisations: traders, roles: hands },
  /** Dispense, part-dispense, and undo it. */
  dispense: { organisations: ['clinic'], roles: ['pharmacist'] },
  /** Take a pack out of supply: destroyed, sampled, exported, stolen, lost, damaged. */
  decommission: { organisations: [...traders, 'regulator'], roles: hands },
  /** Scan a pack and get a verdict that is recorded. */
  verify: { organisations: everyOrganisation, roles: everyRole },
  /** Raise a suspicion about a pack. */
  suspect: { organisations: [...traders, 'regulator'], roles: ['admin', ...hands] },
  /** Recall or withdraw a lot, and lift holds as far as their rule allows. */
  recall: { organisations: ['manufacturer', 'regulator'], roles: ['responsible_person'] },
  /** Lift a hold other than a recall, as far as its rule allows. */
  lift_holds: { organisations: [...traders, 'regulator'], roles: ['responsible_person', 'pharmacist'] },
  /** Destroy the content of an event, as far as `cases/erasure/erasure-rules.ts` allows it. */
  erase: { organisations: [...traders, 'regulator'], roles: ['admin', 'responsible_person'] },
  /** Hand in EPCIS events in a document. */
  capture: { organisations: traders, roles: hands },
  /** Keep EPCIS queries under a name, and have what they find sent on to the organisation's own systems. */
  subscribe: { organisations: [...traders, 'regulator'], roles: ['admin', 'responsible_person', 'operator'] },
  /** See who read one's own organisation's data. */
  read_access_trail: { organisations: everyOrganisation, roles: ['admin', 'responsible_person'] },
} as const satisfies Record<string, Rule>;

export type Ability = keyof typeof abilities;

/** True when the actor's organisation and one of its own roles are in the row of `ability`. */
export function mayAct(actor: Pick<Actor, 'organisationRole' | 'roles'>, ability: Ability): boolean {
  const rule: Rule = abilities[ability];
  return rule.organisations.includes(actor.organisationRole) && actor.roles.some((role) => rule.roles.includes(role));
}

/** The rows that the actor is in, in the table's order. */
export const abilitiesOf = (actor: Pick<Actor, 'organisationRole' | 'roles'>): Ability[] =>
  (Object.keys(abilities) as Ability[]).filter((ability) => mayAct(actor, ability));
