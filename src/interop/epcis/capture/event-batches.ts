import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { validateEvent } from '../../../domain/epcis/validate-event.js';
import { DomainError } from '../../../domain/errors.js';
import type { DocumentEvent } from '../documents/document-source.js';
import type { Behaviour } from './job.js';
import type { JobReport } from './job-report.js';

export interface IndexedEvent {
  readonly index: number;
  readonly event: EpcisEvent;
}

const BATCH_EVENTS = 200;
const BATCH_EPCS = 10_000;

/** Ends the capture of a document of which everything is refused because an event of it is not valid. */
export class DocumentInvalid extends Error {
  override readonly name = 'DocumentInvalid';
}

/**
 * The valid events of a document, in batches of bounded size. What is wrong with the others goes to `report`. With `rollback`
 * the first of them ends it: the rest is only checked, and DocumentInvalid is thrown at the end.
 */
export async function* validBatches(
  events: AsyncIterable<DocumentEvent> | Iterable<DocumentEvent>,
  behaviour: Behaviour,
  report: JobReport,
): AsyncGenerator<readonly IndexedEvent[]> {
  let batch: IndexedEvent[] = [];
  let epcs = 0;
  let invalid = false;
  for await (const raw of events) {
    report.seen(raw);
    const checked = raw.fault ?? validateEvent(raw.event, raw.pointer);
    if (checked instanceof DomainError || !checked.valid) {
      if (checked instanceof DomainError) report.fault(raw, checked);
      else report.invalid(raw, checked.problems);
      invalid ||= behaviour === 'rollback';
      continue;
    }
    if (invalid) continue;
    batch.push({ index: raw.index, event: checked.event });
    epcs += weightOf(checked.event);
    if (batch.length < BATCH_EVENTS && epcs < BATCH_EPCS) continue;
    yield batch;
    batch = [];
    epcs = 0;
  }
  if (invalid) throw new DocumentInvalid();
  if (batch.length > 0) yield batch;
}

function weightOf(event: EpcisEvent): number {
  let weight = 1;
  for (const value of Object.values(event)) if (Array.isArray(value)) weight += value.length;
  return weight;
}
