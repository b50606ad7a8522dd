import { toBareWord } from '../epcis/vocabulary.js';
import type { EpcisEvent } from '../epcis/event.js';
import { epcUri, parseEpc } from '../gs1/epc.js';

export const canonicalEpc = (uri: string): string => epcUri(parseEpc(uri));

/** Whether an event has a business step, in whichever form it is written. */
export const hasStep = ({ bizStep }: EpcisEvent, step: string): boolean =>
  bizStep !== undefined && toBareWord('bizStep', bizStep) === step;

/** The packs and containers that an event names, canonical: its objects, its children, not its parent. */
export function objectsOf(event: EpcisEvent): string[] {
  const { epcList, childEPCs } = event as { epcList?: readonly string[]; childEPCs?: readonly string[] };
  return [...(epcList ?? []), ...(childEPCs ?? [])].map(canonicalEpc);
}

/** What a shipping event ships: its objects; of an aggregation the parent too. */
export function shippedBy(event: EpcisEvent): string[] {
  const { parentID } = event as { parentID?: string };
  return [...(parentID === undefined ? [] : [canonicalEpc(parentID)]), ...objectsOf(event)];
}

/** A packing or unpacking, and what it did not do: `without` is what it did nothing for. */
export interface Packing {
  readonly position: number;
  readonly event: EpcisEvent;
  readonly without: ReadonlySet<string>;
}

/** In what a pack or container is, and since which event. */
export interface Placement {
  readonly parent: string;
  readonly position: number;
}

/** What is in some containers after these events, by child; events in the order of their positions. */
export function placements(packings: readonly Packing[]): Map<string, Placement> {
  const found = new Map<string, Placement>();
  for (const { position, event, without } of [...packings].sort((one, other) => one.position - other.position)) {
    if (event.type !== 'AggregationEvent' || event.parentID === undefined) continue;
    const parent = canonicalEpc(event.parentID);
    const children = objectsOf(event).filter((child) => !without.has(child));
    if (event.action === 'ADD') for (const child of children) found.set(child, { parent, position });
    if (event.action !== 'DELETE') continue;
    const all = (event.childEPCs === undefined || event.childEPCs.length === 0) && !without.has(parent);
    for (const child of all ? [...found.keys()] : children) {
      if (found.get(child)?.parent === parent) found.delete(child);
    }
  }
  return found;
}
