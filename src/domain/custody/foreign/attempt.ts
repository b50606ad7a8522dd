import { sgtinUri, ssccUri } from '../../gs1/epc.js';
import type { Gap } from '../act.js';
import { MAX_BATCH } from '../transitions.js';
import { Refusals, StepRefusedError, type RefusalCode } from '../refusal.js';
import type { ForeignReading, Named } from './reading.js';

/** What of an event could not be decided, each EPC once: the first reason stands. */
export class Gaps {
  private readonly found = new Map<string, Gap>();
  /** Whether a step was taken on anything. */
  taken = false;

  add(epc: string, code: RefusalCode, message: string): void {
    if (!this.found.has(epc)) this.found.set(epc, { epc, code, message });
  }

  addAll(named: Named, code: RefusalCode, message: string): void {
    for (const epc of epcsNamed(named)) this.add(epc, code, message);
  }

  get list(): readonly Gap[] {
    return [...this.found.values()];
  }

  /** As a step of our own is refused. */
  throwIfAny(): void {
    const refusals = new Refusals();
    for (const { epc, code, message } of this.found.values()) refusals.add(epc, code, message);
    refusals.throwIfAny();
  }
}

/** The packs and containers named, by their EPCs. */
export const epcsNamed = ({ packs, containers }: Named): string[] => [
  ...packs.map(({ gtin, serial }) => sgtinUri(gtin, serial)),
  ...containers.map(ssccUri),
];

/** Every pack and container that a reading names, the parent first. */
export const epcsOfReading = ({
  named,
  outputs,
  parent,
}: Pick<ForeignReading, 'named' | 'outputs' | 'parent'>): string[] => [
  ...(parent?.sscc != null ? [parent.epc] : []),
  ...epcsNamed(named),
  ...epcsNamed(outputs),
];

export const isNothing = ({ packs, containers }: Named): boolean => packs.length + containers.length === 0;

export function only(named: Named, keep: (epc: string) => boolean): Named {
  return {
    packs: named.packs.filter(({ gtin, serial }) => keep(sgtinUri(gtin, serial))),
    containers: named.containers.filter((sscc) => keep(ssccUri(sscc))),
    others: named.others,
  };
}

/**
 * Takes a step of our own on as many of the named as it can be taken on: what the step refuses is a gap, and it is tried
 * again without. A refusal that names nothing named concerns them all.
 */
export function attempt(named: Named, gaps: Gaps, step: (named: Named) => void): Named {
  for (let left = named; !isNothing(left);) {
    try {
      step(left);
      gaps.taken = true;
      return left;
    } catch (error) {
      if (!(error instanceof StepRefusedError)) throw error;
      const refused = new Map(error.refusals.map((refusal) => [refusal.epc, refusal]));
      const rest = only(left, (epc) => !refused.has(epc));
      if (epcsNamed(rest).length === epcsNamed(left).length) {
        gaps.addAll(left, error.code, error.message);
        break;
      }
      for (const epc of epcsNamed(left)) {
        const refusal = refused.get(epc);
        if (refusal) gaps.add(epc, refusal.code, refusal.message);
      }
      left = rest;
    }
  }
  return { packs: [], containers: [], others: [] };
}

/** The named in batches that one step may take. */
export function* batches(named: Named): Iterable<Named> {
  const { packs, containers, others } = named;
  for (let at = 0; at < packs.length; at += MAX_BATCH) {
    yield { packs: packs.slice(at, at + MAX_BATCH), containers: [], others };
  }
  for (let at = 0; at < containers.length; at += MAX_BATCH) {
    yield { packs: [], containers: containers.slice(at, at + MAX_BATCH), others };
  }
}
