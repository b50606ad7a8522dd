import { StepRefusedError } from '../../domain/custody/refusal.js';
import type { Outcome } from '../job.js';
import type { DocumentCounts, DocumentOutcome, RefusedEvent } from './document.js';

/** Most refused events, and most events, that an outcome names. */
const NAMED_MOST = 1000;

/** What a document comes to, batch by batch. */
export class Tally {
  private readonly counted = { captured: 0, duplicates: 0, reported: 0, refused: 0 };
  private readonly refused: RefusedEvent[] = [];
  private readonly events: DocumentOutcome['events'][number][] = [];

  constructor(private readonly atomic: boolean) {}

  get counts(): DocumentCounts {
    return { ...this.counted };
  }

  add(indexes: readonly number[], outcomes: readonly Outcome[]): void {
    outcomes.forEach((outcome, at) => this.addOne(indexes[at]!, outcome));
  }

  private addOne(index: number, outcome: Outcome): void {
    if ('undone' in outcome) return;
    if ('refused' in outcome) {
      const { code, message } = outcome.refused;
      const refusals = outcome.refused instanceof StepRefusedError ? outcome.refused.refusals : [];
      this.counted.refused += 1;
      if (this.refused.length < NAMED_MOST)
        this.refused.push({ index, code, message, refusals: refusals.slice(0, 100) });
      return;
    }
    const { position, eventId, duplicate, gaps } = outcome.captured;
    if (duplicate) this.counted.duplicates += 1;
    else this.counted.captured += 1;
    if (gaps !== undefined && gaps > 0) this.counted.reported += 1;
    if (this.events.length < NAMED_MOST) this.events.push({ index, eventId, position, duplicate });
  }

  outcome(): DocumentOutcome {
    const stored = !this.atomic || this.counted.refused === 0;
    const nothing = { captured: 0, duplicates: 0, reported: 0 };
    return {
      ...this.counted,
      ...(!stored && nothing),
      stored,
      refusedEvents: this.refused,
      events: stored ? this.events : [],
    };
  }
}
