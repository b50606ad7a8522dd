import type { Life } from './life.js';
import type { OrganisationRole } from './world.js';

/** What can happen to packs and containers. Finer than EPCIS business steps, since who may differs by reason. */
export type Step =
  | 'commissioning'
  | 'packing'
  | 'unpacking'
  | 'shipping'
  | 'receiving'
  | 'dispensing'
  | 'part_dispensing'
  | 'undo_dispensing'
  | 'destroying'
  | 'sampling'
  | 'exporting'
  | 'reporting_stolen'
  | 'reporting_lost'
  | 'reporting_damaged'
  | 'deactivating'
  | 'repacking';

/** In which capacity an organisation may take a step on a pack. */
export type Capacity = 'holder' | 'consignee' | 'prefix_owner' | 'dispensing_site' | 'regulator';

export interface StepRule {
  /** Life before → life after. A missing entry is a refusal. */
  readonly lives: Partial<Readonly<Record<Life, Life>>>;
  readonly by: readonly Capacity[];
  readonly roles: readonly OrganisationRole[];
  /** Whether holds, a recall or the expiry date stop it. What is bad must still be received, destroyed and reported. */
  readonly whenBlocked: 'refused' | 'allowed';
  /** Hours after the step that it reverses. */
  readonly withinHours?: number;
}

const TRADE: readonly OrganisationRole[] = ['manufacturer', 'distributor', 'clinic'];
const ANYONE: readonly OrganisationRole[] = [...TRADE, 'regulator'];

/** The custody rules. A pharmacist can read them; `docs/formats/custody.md` prints them. */
export const TRANSITIONS: Readonly<Record<Step, StepRule>> = {
  commissioning: {
    lives: { encoded: 'active' },
    by: ['prefix_owner'],
    roles: ['manufacturer'],
    whenBlocked: 'refused',
  },
  packing: { lives: { active: 'active' }, by: ['holder'], roles: TRADE, whenBlocked: 'refused' },
  unpacking: { lives: { active: 'active' }, by: ['holder'], roles: TRADE, whenBlocked: 'allowed' },
  shipping: { lives: { active: 'in_transit' }, by: ['holder'], roles: TRADE, whenBlocked: 'refused' },
  receiving: { lives: { in_transit: 'active' }, by: ['consignee'], roles: TRADE, whenBlocked: 'allowed' },
  dispensing: {
    lives: { active: 'dispensed', partially_dispensed: 'dispensed' },
    by: ['holder'],
    roles: ['clinic'],
    whenBlocked: 'refused',
  },
  part_dispensing: {
    lives: { active: 'partially_dispensed', partially_dispensed: 'partially_dispensed' },
    by: ['holder'],
    roles: ['clinic'],
    whenBlocked: 'refused',
  },
  // Regulation (EU) 2016/161 article 13: same premises, ten days, never supplied to the public.
  undo_dispensing: {
    lives: { dispensed: 'active', partially_dispensed: 'active' },
    by: ['dispensing_site'],
    roles: ['clinic'],
    whenBlocked: 'refused',
    withinHours: 240,
  },
  destroying: {
    lives: { active: 'destroyed', partially_dispensed: 'destroyed', damaged: 'destroyed' },
    by: ['holder'],
    roles: TRADE,
    whenBlocked: 'allowed',
  },
  sampling: {
    lives: { active: 'sampled' },
    by: ['holder', 'regulator'],
    roles: ANYONE,
    whenBlocked: 'allowed',
  },
  exporting: { lives: { active: 'exported' }, by: ['holder'], roles: TRADE, whenBlocked: 'refused' },
  reporting_stolen: {
    lives: { active: 'stolen', in_transit: 'stolen', partially_dispensed: 'stolen', damaged: 'stolen', lost: 'stolen' },
    by: ['holder', 'prefix_owner', 'regulator'],
    roles: ANYONE,
    whenBlocked: 'allowed',
  },
  reporting_lost: {
    lives: { active: 'lost', in_transit: 'lost', partially_dispensed: 'lost', damaged: 'lost' },
    by: ['holder'],
    roles: TRADE,
    whenBlocked: 'allowed',
  },
  reporting_damaged: {
    lives: { active: 'damaged', partially_dispensed: 'damaged' },
    by: ['holder'],
    roles: TRADE,
    whenBlocked: 'allowed',
  },
  deactivating: {
    lives: { active: 'inactive', partially_dispensed: 'inactive', damaged: 'inactive' },
    by: ['holder'],
    roles: TRADE,
    whenBlocked: 'allowed',
  },
  repacking: { lives: { active: 'repacked' }, by: ['holder'], roles: TRADE, whenBlocked: 'refused' },
};

/** Most packs or containers that one event may name. */
export const MAX_BATCH = 10_000;

/** How far a client's clock may run ahead of the server's, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * How late an act may be reported and still be judged by the day on which its device says that it happened, in
 * milliseconds. What comes later is judged by the server's clock less this, so that nobody backdates past an expiry.
 */
export const LATE_REPORT_MS = 7 * 24 * 3_600_000;

/** How often a pack may be dispensed again at the site that dispensed it before a case is opened. */
export const SOFT_REPEATS = 2;

/** Where the count of repeats ends; it is stored in 16 bits. */
export const MAX_REPEATS = 32_767;
