import type { ErasedEvent } from '../capture/erased-event.js';
import { MENTION_ROLES } from '../domain/custody/act.js';
import type { EventFields } from '../domain/custody/trail.js';
import { BUSINESS_STEPS } from '../domain/epcis/vocabulary.js';

/** Steps by which a pack or container leaves supply, or its container: events of action DELETE. */
const LEAVING: ReadonlySet<string> = new Set(['unpacking', 'decommissioning', 'destroying', 'sampling']);

/** An EPC that an erased event named, and how. */
export interface Named {
  readonly epc: string;
  /** Place in MENTION_ROLES. */
  readonly role: number;
}

/**
 * What an erased event is known to have said of the EPCs of a trail: from its index rows, its step, its place and its parent.
 * `subject` is given where the event is of the trail's own EPC or lot and may lack index rows: a commissioning has none,
 * and an event of a lot has them under the lot. `before` is what other windows said of it.
 */
export function erasedFields(
  { step, parent, place }: ErasedEvent,
  named: readonly Named[],
  subject: { readonly epc: string; readonly lotClass: string | undefined } | undefined,
  before: EventFields = {},
): EventFields {
  const bizStep = BUSINESS_STEPS[step] ?? '';
  const epcs = (role: (typeof MENTION_ROLES)[number], known: readonly string[] = []): string[] => [
    ...new Set([...known, ...named.filter((each) => MENTION_ROLES[each.role] === role).map(({ epc }) => epc)]),
  ];
  const listed = epcs('epc', before.epcList);
  const commissioned = subject !== undefined && bizStep === 'commissioning';
  const ofLot = subject?.lotClass !== undefined && named.length === 0 && !commissioned;
  return {
    action: LEAVING.has(bizStep) ? 'DELETE' : 'OBSERVE',
    bizStep,
    ...(parent !== null && { parentID: parent }),
    epcList: commissioned ? [...new Set([...listed, subject.epc])] : listed,
    childEPCs: epcs('child', before.childEPCs),
    'halisi:missing': epcs('missing', before['halisi:missing']),
    'halisi:excess': epcs('excess', before['halisi:excess']),
    quantityList: ofLot ? [{ epcClass: subject.lotClass }] : (before.quantityList ?? []),
    ...(place !== null && { bizLocation: { id: place } }),
  };
}
