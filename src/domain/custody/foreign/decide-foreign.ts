import type { EpcisEvent } from '../../epcis/event.js';
import { invariant } from '../../errors.js';
import { parseEpc, sgtinUri, ssccUri } from '../../gs1/epc.js';
import type { Act, Decision, ForeignReference, Gap } from '../act.js';
import { CLOCK_TOLERANCE_MS } from '../transitions.js';
import { StepRefusedError } from '../refusal.js';
import { pendingRef, type EventRef, type World } from '../world.js';
import { epcsOfReading, Gaps, isNothing } from './attempt.js';
import { EFFECTS } from './effects.js';
import { refuseOthersGtins } from './ownership.js';
import { placeOfEvent, thingsNamed } from './place.js';
import type { ForeignReading } from './reading.js';
import { observe } from './observing.js';

/** An event that another system made: stored as it came, checked like a step of our own. */
export interface ForeignCommand {
  readonly step: 'foreign';
  /** As received. */
  readonly event: EpcisEvent;
  readonly reading: ForeignReading;
  /** The client's, or the CBV hash. */
  readonly eventId: string;
  /** Refuse what cannot be decided, instead of storing it as reported. */
  readonly strict: boolean;
}

/**
 * Decides an event of another system: takes its step on all that it can be taken on, and notes the rest as gaps, about which
 * nothing changes. Throws StepRefusedError for what contradicts itself whoever reports it (somebody else's GTIN, a time to
 * come), and in strict mode for every gap; SpoiledWorldError with the refusal in it, where the step was taken on others before.
 */
export function decideForeign(
  world: World,
  command: ForeignCommand,
  act: Omit<Act, 'site'>,
  reference: ForeignReference,
  ordinal: number,
): Decision {
  const { reading } = command;
  checkTime(act);
  const gaps = new Gaps();
  const parties = take(world, reading, act, reference, ordinal, gaps);
  if (command.strict) refuseGaps(gaps);
  return foreignDecision(world, command, act, reference, ordinal, { parties, gaps: gaps.list });
}

/** The decision on an event of another system, once its step was taken. */
export function foreignDecision(
  world: World,
  { reading, event, eventId }: ForeignCommand,
  act: Omit<Act, 'site'>,
  reference: ForeignReference,
  ordinal: number,
  { parties, gaps }: { readonly parties: readonly number[]; readonly gaps: readonly Gap[] },
): Decision {
  const partners = reading.partners.flatMap((gln) => {
    const id = reference.organisationByGln(gln)?.id ?? reference.siteByGln(gln)?.organisationId;
    return id === undefined ? [] : [id];
  });
  return {
    event: { ...event, eventID: eventId, recordTime: act.recordTime },
    parties: [...new Set([...partners, ...parties])].filter((party) => party !== act.organisation),
    mentions: mentionsOf(world, reading, pendingRef(ordinal)),
    gaps,
  };
}

/** The commissioning of a pack is found by the pack's own row; what a receipt missed, it does not name itself. */
function mentionsOf(world: World, reading: ForeignReading, by: EventRef): ForeignReading['mentions'] {
  const { step, mentions } = reading;
  if (step === 'receiving') return [...mentions, ...missedOf(world, reading, by)];
  if (step !== 'commissioning') return mentions;
  return mentions.filter(({ epc, role }) => {
    const pack = role === 'epc' ? parseEpc(epc) : undefined;
    return pack?.kind !== 'sgtin' || world.item(pack.gtin, pack.serial)?.commissionedIn !== by;
  });
}

function missedOf(world: World, reading: ForeignReading, by: EventRef): ForeignReading['mentions'] {
  const named = new Set(epcsOfReading(reading));
  return world.newHolds
    .filter(({ openedIn, kind }) => openedIn === by && kind === 'mismatch')
    .map(({ item, sscc }) => (item ? sgtinUri(item.gtin, item.serial) : ssccUri(sscc!)))
    .filter((epc) => !named.has(epc))
    .map((epc) => ({ epc, role: 'missing' as const }));
}

/** What a reading does to a world; answers the organisations that it concerned. */
export function take(
  world: World,
  reading: ForeignReading,
  act: Omit<Act, 'site'>,
  reference: ForeignReference,
  ordinal: number,
  gaps: Gaps,
): readonly number[] {
  if (reading.step === undefined) {
    observe(world, reading, gaps);
    return [];
  }
  if (isNothing(reading.named) && reading.parent === null && reading.lots.length === 0 && isNothing(reading.outputs))
    return [];
  refuseOthersGtins(reading, act.organisation, reference);
  const place = placeOfEvent(world, { reading, act: { ...act, site: -1 }, reference }, gaps);
  if (place === undefined) return [];
  const holders = thingsNamed(world, reading.named).map(({ holder }) => holder);
  const more = EFFECTS[reading.step]({
    world,
    reading,
    act: { ...act, site: place.site },
    placeNamed: place.named,
    reference,
    ordinal,
    by: pendingRef(ordinal),
    gaps,
  });
  return [...holders.filter((holder) => holder !== null), ...more];
}

/** A refusal that came after a part of the event had changed the world: it must be loaded anew. */
export class SpoiledWorldError extends Error {
  override readonly name = 'SpoiledWorldError';

  constructor(readonly refusal: StepRefusedError) {
    super(refusal.message);
  }
}

function refuseGaps(gaps: Gaps): void {
  try {
    gaps.throwIfAny();
  } catch (error) {
    throw gaps.taken && error instanceof StepRefusedError ? new SpoiledWorldError(error) : error;
  }
}

/** Refuses an event of a time to come. */
export function checkTime({ eventTime, recordTime }: Pick<Act, 'eventTime' | 'recordTime'>): void {
  const time = Date.parse(eventTime);
  invariant(!Number.isNaN(time), 'an event that is decided was validated');
  if (time > Date.parse(recordTime) + CLOCK_TOLERANCE_MS) {
    throw new StepRefusedError(
      'EVENT_TIME_IN_FUTURE',
      `The event time ${eventTime} is ahead of the server's clock, ${recordTime}.`,
    );
  }
}
