/**
 * Who sees what, for every door (GraphQL, EPCIS, Digital Link, receipts): pure functions over an actor and facts.
 * A door that gets `hidden` answers exactly as if the thing did not exist.
 */
import { THE_PUBLIC } from '../domain/custody/act.js';
import type { Actor, OrganisationRole } from './actor.js';

export interface EventFacts {
  /** The organisation that captured the event. */
  readonly capturedBy: number;
  /** Organisations that the event concerns beside that one (its sources, destinations, holders of its packs). */
  readonly parties: Iterable<number>;
}

export interface TrailFacts {
  /** Organisations that hold or ever held the pack or container. */
  readonly holders: Iterable<number>;
}

/** `full`: the event as captured. `trail`: without commercial fields, see `trailView`. `hidden`: as if it were not there. */
export type View = 'full' | 'trail' | 'hidden';

type Viewer = Pick<Actor, 'organisationId' | 'organisationRole'>;

/** The regulator sees every field; the auditor sees every event's evidence, which holds nothing commercial. */
const viewOfAll: Readonly<Partial<Record<OrganisationRole, View>>> = { regulator: 'full', auditor: 'trail' };

/**
 * What an actor sees of one event. `trail` adds the facts of the pack whose history is asked for; without it the event
 * is looked at by itself.
 */
export function eventView(actor: Viewer, event: EventFacts, trail?: TrailFacts): View {
  const all = viewOfAll[actor.organisationRole];
  if (all === 'full') return all;
  if (event.capturedBy === actor.organisationId || contains(event.parties, actor.organisationId)) return 'full';
  if (all !== undefined) return all;
  return trail !== undefined && contains(trail.holders, actor.organisationId) ? 'trail' : 'hidden';
}

/** True when the event by itself is visible: captured by the actor's organisation, naming it, or to an overseer. */
export const canSeeEvent = (actor: Viewer, event: EventFacts): boolean => eventView(actor, event) !== 'hidden';

/** True when the whole history of a pack or container is visible, each event as `eventView` says. */
export const canSeeTrail = (actor: Viewer, trail: TrailFacts): boolean =>
  viewOfAll[actor.organisationRole] !== undefined || contains(trail.holders, actor.organisationId);

/** True when the organisation's own records (people, clients, orders, access trail) are visible. */
export const canSeeOwn = (actor: Viewer, ownerId: number): boolean =>
  ownerId === actor.organisationId || viewOfAll[actor.organisationRole] !== undefined;

/** True for those who see who read anybody's data; everybody else sees who read its own. */
export const seesAllTrails = (actor: Viewer): boolean => viewOfAll[actor.organisationRole] !== undefined;

/** True for those who only look: an auditor never writes, whatever role its people have. */
export const isReadOnly = (actor: Viewer): boolean => actor.organisationRole === 'auditor';

/** Owners, other than the actor's own organisation, whose data a read touches: if any, the read is recorded. The public owns none. */
export const othersAmong = (actor: Viewer, ownerIds: Iterable<number>): number[] =>
  [...new Set(ownerIds)].filter((id) => id !== actor.organisationId && id !== THE_PUBLIC);

const TRAIL_FIELDS = new Set([
  '@context',
  'type',
  'action',
  'eventID',
  'eventTime',
  'eventTimeZoneOffset',
  'recordTime',
  'bizStep',
  'disposition',
  'persistentDisposition',
  'readPoint',
  'bizLocation',
  'parentID',
  'ilmd',
  'sensorElementList',
  'errorDeclaration',
  'certificationInfo',
]);
const EPC_LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const;
const PARTY_LISTS = ['sourceList', 'destinationList'] as const;
const PARTY_TYPE = /(^|[:/-])(owning_party|possessing_party)$/;

/**
 * An event as somebody sees it who held the pack but was no party to this hand-off. What is commercial stays out: every
 * business transaction (purchase order, despatch advice, invoice and whatever else), quantities, other packs of the same
 * event (`concerns` picks the ones asked about; without it all stay), the locations of source and destination, and every
 * field outside the standard. Which organisations handed over and received stays in.
 */
export function trailView(
  event: Readonly<Record<string, unknown>>,
  concerns: (epc: string) => boolean = () => true,
): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) if (TRAIL_FIELDS.has(name)) view[name] = value;
  for (const name of EPC_LISTS) {
    const list = event[name];
    if (Array.isArray(list)) view[name] = list.filter((epc): epc is string => typeof epc === 'string' && concerns(epc));
  }
  for (const name of PARTY_LISTS) {
    const list = event[name];
    if (Array.isArray(list)) view[name] = list.filter(isParty);
  }
  return view;
}

function isParty(entry: unknown): boolean {
  if (entry === null || typeof entry !== 'object') return false;
  const type = (entry as { type?: unknown }).type;
  return typeof type === 'string' && PARTY_TYPE.test(type);
}

function contains(ids: Iterable<number>, id: number): boolean {
  for (const each of ids) if (each === id) return true;
  return false;
}
