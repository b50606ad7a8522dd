/** From the events of a pack and of the containers that it was in, to what happened to it and who held it when. */

/** The part of an event that says what it does to an EPC. */
export interface EventFields {
  readonly action?: string;
  readonly bizStep?: string;
  readonly parentID?: string;
  readonly epcList?: readonly string[];
  readonly childEPCs?: readonly string[];
  readonly quantityList?: readonly { readonly epcClass: string }[];
  readonly readPoint?: { readonly id: string };
  readonly bizLocation?: { readonly id: string };
  readonly 'halisi:missing'?: readonly string[];
  readonly 'halisi:excess'?: readonly string[];
}

/** A stored event as a trail reads it. */
export interface TrailEvent {
  readonly position: number;
  /** The organisation that captured it. */
  readonly capturedBy: number;
  readonly event: EventFields;
  /** EPCs for which it changed nothing: it could not be decided, or is declared wrong, or declares that of another. */
  readonly withoutEffect?: 'all' | ReadonlySet<string>;
  /** When it happened, in milliseconds since 1970, of an event of another system: such may be reported late. */
  readonly reportedOf?: number;
}

/** Which events of an EPC to read: those at positions above `from` and below `to`. */
export interface TrailWindow {
  readonly epc: string;
  readonly from: number;
  readonly to: number;
}

/** One event of a trail. */
export interface TrailEntry {
  readonly position: number;
  /** What the event names: the pack itself, its lot, or the container that it was in. */
  readonly through: string;
  /** The organisation that holds it after the event; null while nobody is known to have had it. */
  readonly holder: number | null;
  /** Digital Link of the place where that organisation has it. */
  readonly place: string | null;
}

/** One organisation's time with it, between two events; `until` is null for the present holder. */
export interface Tenure {
  readonly organisation: number;
  readonly place: string | null;
  readonly from: number;
  readonly until: number | null;
}

type Mention =
  | { readonly kind: 'packed' | 'unpacked'; readonly parent: string }
  | { readonly kind: 'commissioned' | 'received' | 'left' | 'missing' | 'seen' | 'contents' | 'lot' };

/** What an event does to an EPC, or to the lot that `lotClass` names; undefined where it names neither. */
export function mentionOf(event: EventFields, epc: string, lotClass?: string): Mention | undefined {
  if (event.childEPCs?.includes(epc)) {
    return { kind: event.action === 'DELETE' ? 'unpacked' : 'packed', parent: event.parentID ?? '' };
  }
  if (event['halisi:missing']?.includes(epc)) return { kind: 'missing' };
  if (event.epcList?.includes(epc)) return { kind: kindOf(event) };
  if (event['halisi:excess']?.includes(epc)) return { kind: 'seen' };
  if (event.parentID === epc) return { kind: 'contents' };
  if (event.quantityList?.some(({ epcClass }) => epcClass === lotClass)) return { kind: 'lot' };
  return undefined;
}

function kindOf(event: EventFields): 'commissioned' | 'received' | 'left' | 'seen' {
  if (event.action === 'DELETE' || event.bizStep === 'dispensing') return 'left';
  if (event.bizStep === 'commissioning') return 'commissioned';
  return event.bizStep === 'receiving' ? 'received' : 'seen';
}

interface Found {
  readonly event: TrailEvent;
  readonly through: string;
  readonly kind: Mention['kind'] | 'reported';
}

/**
 * A trail in the making. Whoever has the events asks `wanted` which to read, adds them, and asks again until nothing is
 * wanted: one round for each level of packing. A container's events count while the pack was in it; packing or unpacking
 * others does not.
 */
export class Trail {
  private readonly found = new Map<number, Found>();
  private windows: TrailWindow[];

  constructor(
    readonly epc: string,
    private readonly lotClass?: string,
  ) {
    this.windows = [{ epc, from: -1, to: Number.POSITIVE_INFINITY }];
  }

  /** The windows to read next. With each, the last events before it that say which container its EPC was in. */
  wanted(): readonly TrailWindow[] {
    return this.windows;
  }

  /** Takes what was read for each of the wanted windows, in any order. */
  add(events: readonly (readonly TrailEvent[])[]): void {
    const asked = this.windows;
    this.windows = [];
    asked.forEach((window, at) => this.windows.push(...this.addWindow(window, events[at] ?? [])));
  }

  /** What happened, in the order of the log. */
  entries(): TrailEntry[] {
    let holder: number | null = null;
    let place: string | null = null;
    return [...this.found.values()]
      .toSorted(this.order())
      .map(({ event, through, kind }) => {
        const first = holder === null && kind !== 'reported';
        if (kind === 'commissioned' || kind === 'received' || first) {
          holder = event.capturedBy;
          place = event.event.bizLocation?.id ?? event.event.readPoint?.id ?? null;
        }
        return { position: event.position, through, holder, place };
      })
      .toSorted((a, b) => a.position - b.position);
  }

  /** Who held it when follows the order of the log, or, where other systems reported, of time. */
  private order(): (a: Found, b: Found) => number {
    const times = [...this.found.values()].map(({ event }) => event.reportedOf);
    const byTime = times.every((time) => time !== undefined);
    return (a, b) => (byTime ? a.event.reportedOf! - b.event.reportedOf! : 0) || a.event.position - b.event.position;
  }

  /** Every EPC through which an event concerns it, itself included. */
  concerned(): Set<string> {
    return new Set([this.epc, ...[...this.found.values()].map(({ through }) => through)]);
  }

  /** The containers that the next windows are about come from the events of this one. */
  private addWindow(window: TrailWindow, events: readonly TrailEvent[]): TrailWindow[] {
    const inner: TrailWindow[] = [];
    let stay: { parent: string; from: number } | undefined;
    const end = (to: number) => {
      if (stay && stay.from < window.to && to > window.from) {
        inner.push({ epc: stay.parent, from: Math.max(stay.from, window.from), to: Math.min(to, window.to) });
      }
      stay = undefined;
    };
    for (const event of events.toSorted((a, b) => a.position - b.position)) {
      const mention = mentionOf(event.event, window.epc, this.lotClass);
      if (!mention) continue;
      const reported = event.withoutEffect === 'all' || event.withoutEffect?.has(window.epc) === true;
      if (this.concerns(window, event, mention)) {
        const kind = reported ? 'reported' : mention.kind;
        this.note({ event, through: this.throughOf(window, mention), kind });
      }
      // A packing that could not be decided still says where the pack went, as far as its partner knows.
      if (reported && (event.withoutEffect === 'all' || mention.kind === 'left')) continue;
      if (mention.kind === 'packed') {
        end(event.position);
        stay = { parent: mention.parent, from: event.position };
      } else if (mention.kind === 'unpacked' || mention.kind === 'missing' || mention.kind === 'left')
        end(event.position);
    }
    end(window.to);
    return inner;
  }

  private concerns(window: TrailWindow, { position }: TrailEvent, { kind }: Mention): boolean {
    if (position <= window.from || position >= window.to) return false;
    return kind !== 'contents' || window.epc === this.epc;
  }

  private throughOf(window: TrailWindow, { kind }: Mention): string {
    return kind === 'lot' ? this.lotClass! : window.epc;
  }

  /** The nearer of two ways in which one event concerns it: rounds go outwards. */
  private note(found: Found): void {
    if (!this.found.has(found.event.position)) this.found.set(found.event.position, found);
  }
}

/** Who had it, from when to when: a new tenure at each change of holder or place. */
export function tenuresOf(entries: readonly TrailEntry[]): Tenure[] {
  const tenures: { organisation: number; place: string | null; from: number; until: number | null }[] = [];
  for (const { holder, place, position } of entries) {
    if (holder === null) continue;
    const last = tenures.at(-1);
    if (last?.organisation === holder && last.place === place) continue;
    if (last) last.until = position;
    tenures.push({ organisation: holder, place, from: position, until: null });
  }
  return tenures;
}

/** Every organisation that holds or held it. */
export const holdersOf = (entries: readonly TrailEntry[]): Set<number> =>
  new Set(entries.map(({ holder }) => holder).filter((holder) => holder !== null));
