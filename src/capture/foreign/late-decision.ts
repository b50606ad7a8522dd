import type { Act, Decision, Gap } from '../../domain/custody/act.js';
import { epcOf, openHold } from '../../domain/custody/blocking.js';
import { epcsOfReading } from '../../domain/custody/foreign/attempt.js';
import { Gaps } from '../../domain/custody/foreign/attempt.js';
import { checkTime, foreignDecision, type ForeignCommand } from '../../domain/custody/foreign/decide-foreign.js';
import type { HistoryEntry } from '../../domain/custody/foreign/history.js';
import { thingsNamed } from '../../domain/custody/foreign/place.js';
import { NOTHING_NAMED, readForeign, type ForeignReading, type Named } from '../../domain/custody/foreign/reading.js';
import { replay, type Replay } from '../../domain/custody/foreign/replay.js';
import { canSettle, settle } from '../../domain/custody/foreign/settle.js';
import { itemKey, type EventRef, type World } from '../../domain/custody/world.js';
import type { Tx } from '../../platform/database/database.js';
import type { GroupReference, Job } from '../job.js';
import { eventsAt } from '../stored-before.store.js';
import { loadMore } from '../world.store.js';
import { missingEvents } from './corrective-events.store.js';
import type { NamedForeign, Resolution } from './foreign-write.store.js';
import { entryOfEvent, loadHistory, nameAll, type StoredHistory } from './history.store.js';
import { isLate } from './lateness.js';
import { NOT_THERE_YET } from './twins.store.js';

/** An event of another system that was decided with its history. */
export interface Taken {
  readonly decision: Decision;
  readonly resolutions: readonly Resolution[];
  readonly declaration?: { readonly outcome: 'undone' | 'disputed' };
}

/** Decides one request with the history of all that it names, and gives the world the state that comes of it. */
export class LateDecision {
  private readonly act: Omit<Act, 'site'>;

  constructor(
    private readonly sql: Tx,
    private readonly world: World,
    private readonly reference: GroupReference,
    job: Job,
    recordTime: string,
  ) {
    const { organisation, role, eventTime } = job.act;
    this.act = { organisation, role, eventTime, recordTime };
  }

  /** The history of some EPCs, with all its things loaded and locked; undefined where it cannot be decided again. */
  async history(epcs: readonly string[]): Promise<StoredHistory | undefined> {
    const history = await loadHistory(this.sql, epcs, this.reference);
    if (history) await this.load(history);
    return history;
  }

  private async load({ things, entries }: StoredHistory): Promise<void> {
    const made = entries.filter(({ reading }) => reading.step === 'commissioning' || reading.step === 'repacking');
    const lots = made.flatMap(({ reading, act }) =>
      [...reading.named.packs, ...reading.outputs.packs].flatMap(({ gtin }) =>
        reading.lot === null ? [] : [{ gtin, number: reading.lot, expiry: reading.expiry, by: act.organisation }],
      ),
    );
    const unique = [...new Map(lots.map((lot) => [`${lot.gtin} ${lot.number}`, lot])).values()];
    await loadMore(this.sql, this.world, {
      packs: [...things.packs],
      containers: [...things.containers],
      lots: unique,
      newLots: unique.flatMap(({ gtin, number, expiry, by }) =>
        expiry !== null && this.reference.ownerOfGtin(gtin) === by ? [{ gtin, number, expiry }] : [],
      ),
      shipments: entries.flatMap(({ ref, reading }) => (reading.step === 'shipping' ? [ref] : [])),
    });
    const sites = [...this.world.shipments.values()].flatMap(({ fromSite, toSite }) => [fromSite, toSite]);
    await this.reference.know(sites);
  }

  /** After a step of our own was taken: decides again what was open about what it touched. */
  settleOwn(history: StoredHistory, decision: Decision, by: EventRef): readonly Resolution[] {
    const things = new Set(epcsOfThings(history.things));
    const parts = { things, open: new Set<string>(), missing: missingOf(decision), own: true };
    const entry = { ...entryOfEvent(by, decision.event, parts), act: this.act };
    const result = this.replay(history, [...history.entries, entry]);
    if (!result || !canSettle(this.world, history.things, result)) return [];
    this.settle(history, result, by);
    return resolutionsOf(result, by);
  }

  /**
   * An event of another system, in its place in the history; undefined where it can be decided on the state as it is, since
   * its history cannot be decided again. Throws StepRefusedError, with the world as it was.
   */
  async takeForeign(command: ForeignCommand, foreign: NamedForeign, by: EventRef): Promise<Taken | undefined> {
    checkTime(this.act);
    if (foreign.declares !== undefined) return this.declare(command, foreign.declares, by);
    if (foreign.declaredBy !== undefined) {
      return { decision: this.decision(command, by, []), resolutions: [] };
    }
    const history = await this.history(epcsOfReading(command.reading));
    const result = history && this.replay(history, [...history.entries, this.entryOf(command, by)]);
    if (history && result && canSettle(this.world, history.things, result)) {
      const gaps = result.gaps.get(by) ?? [];
      if (command.strict) refuse(gaps);
      this.settle(history, result, by);
      return { decision: this.decision(command, by, gaps), resolutions: resolutionsOf(result, by) };
    }
    if (!isLate(this.world, command.reading, Date.parse(this.act.eventTime))) return undefined;
    const gaps = new Gaps();
    for (const epc of epcsOfReading(command.reading)) {
      gaps.add(
        epc,
        'OUT_OF_ORDER',
        'It is reported after events that happened later, and they cannot be decided again.',
      );
    }
    if (command.strict) gaps.throwIfAny();
    return { decision: this.decision(command, by, gaps.list), resolutions: [] };
  }

  private entryOf({ reading }: ForeignCommand, by: EventRef): HistoryEntry {
    return {
      ...{ ref: by, reading, act: this.act, decided: new Set<string>(), missing: new Set<string>(), undoes: false },
      open: new Set(epcsOfReading(reading)),
    };
  }

  /** The declared event has no effect any more, where nothing that is recorded rests on it; else what it named is disputed. */
  private async declare(command: ForeignCommand, declares: number, by: EventRef): Promise<Taken> {
    const corrective = command.event.errorDeclaration?.correctiveEventIDs ?? [];
    const gaps = new Gaps();
    for (const id of await missingEvents(this.sql, corrective)) {
      gaps.add(id, 'CORRECTIVE_EVENT_MISSING', `The corrective event ${id} has not come.`);
    }
    if (declares === NOT_THERE_YET) {
      gaps.add(command.eventId, 'DECLARED_EVENT_MISSING', `The event ${command.eventId} has not come.`);
      if (command.strict) gaps.throwIfAny();
      return { decision: this.decision(command, by, gaps.list), resolutions: [] };
    }
    if (command.strict) gaps.throwIfAny();
    const epcs = epcsOfReading(await readingAt(this.sql, declares, command.reading));
    const history = await this.history(epcs);
    const rest = history?.entries.filter(({ ref }) => ref !== declares) ?? [];
    const result = history && this.replay(history, rest);
    const decision = this.decision(command, by, gaps.list);
    const closed = epcs.map((epc) => ({ position: declares, epc, by }));
    if (history && result && canSettle(this.world, history.things, result)) {
      this.settle(history, result, by, declares);
      return { decision, resolutions: [...resolutionsOf(result, by), ...closed], declaration: { outcome: 'undone' } };
    }
    this.dispute(epcs, command.eventId, by);
    return { decision, resolutions: [], declaration: { outcome: 'disputed' } };
  }

  private dispute(epcs: readonly string[], eventId: string, by: EventRef): void {
    const { world, act } = this;
    for (const thing of thingsNamed(world, nameAll(epcs))) {
      const isItem = !('lots' in thing);
      const held = isItem
        ? world.itemHolds.get(itemKey(thing.gtin, thing.serial))
        : world.containerHolds.get(thing.sscc);
      if (held?.some(({ kind }) => kind === 'disputed')) continue;
      const hold = {
        kind: 'disputed' as const,
        lotId: isItem ? thing.lotId : null,
        item: isItem ? { gtin: thing.gtin, serial: thing.serial } : null,
        sscc: isItem ? null : thing.sscc,
        recallClass: null,
        openedBy: act.organisation,
        openedIn: by,
        openedAt: act.recordTime,
        reason: `the event ${eventId} about ${epcOf(thing)} is declared wrong, and later events rest on it`,
        liftRequestedBy: null,
      };
      openHold(world, hold, thing);
    }
  }

  private replay({ things }: StoredHistory, entries: readonly HistoryEntry[]): Replay | undefined {
    const { world } = this;
    const holds = [world.itemHolds, world.containerHolds, world.lotHolds].flatMap((map) => [...map.values()].flat());
    return replay({ things, entries, lots: [...world.lots.values()], holds }, this.reference);
  }

  private settle({ things, entries }: StoredHistory, result: Replay, by: EventRef, undone?: number): void {
    const refs = new Set([by, ...entries.map(({ ref }) => ref)]);
    settle(this.world, things, result, {
      ...{ refs, by, undone: new Set(undone === undefined ? [] : [undone]) },
      organisation: this.act.organisation,
      recordTime: this.act.recordTime,
    });
  }

  private decision(command: ForeignCommand, by: EventRef, gaps: readonly Gap[]): Decision {
    const holders = thingsNamed(this.world, command.reading.named).map(({ holder }) => holder);
    const parties = holders.filter((holder) => holder !== null);
    return foreignDecision(this.world, command, this.act, this.reference, -by - 1, { parties, gaps });
  }
}

/** What a stored event says; where it is erased, what its declaration repeats of it. */
async function readingAt(sql: Tx, position: number, otherwise: ForeignReading): Promise<ForeignReading> {
  const stored = (await eventsAt(sql, [position])).get(position);
  return stored === undefined || stored.erased === true ? otherwise : readForeign(stored.event);
}

const epcsOfThings = (things: Named): string[] =>
  epcsOfReading({ named: things, outputs: NOTHING_NAMED, parent: null });

const missingOf = ({ mentions }: Decision): Set<string> =>
  new Set(mentions.flatMap(({ epc, role }) => (role === 'missing' ? [epc] : [])));

function refuse(gaps: readonly Gap[]): void {
  const all = new Gaps();
  for (const { epc, code, message } of gaps) all.add(epc, code, message);
  all.throwIfAny();
}

/** Of the events that were stored before, what is decided now. */
const resolutionsOf = ({ resolved }: Replay, by: EventRef): Resolution[] =>
  [...resolved].flatMap(([position, epcs]) => (position === by ? [] : [...epcs].map((epc) => ({ position, epc, by }))));
