import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { ForeignCapture } from '../../../capture/foreign/foreign-capture.service.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { validateEvent } from '../../../domain/epcis/validate-event.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { readSmall } from './reading.js';
import { StoredEventsStore } from './stored-events.store.js';

/** A document with one event may have no more than this. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Captures one event, and answers when it is stored. */
@Injectable()
export class SingleEvent {
  constructor(
    private readonly capture: ForeignCapture,
    private readonly stored: StoredEventsStore,
  ) {}

  /**
   * The stored event; the same event again is stored once. Throws ValidationException with all that is wrong with it, and
   * ResourceAlreadyExistsException where another event has its eventID.
   */
  async take(actor: Actor, source: AsyncIterable<Uint8Array>, mediaType: string): Promise<EpcisEvent> {
    const event = await readOne(source, mediaType);
    const outcome = await this.capture.captureDocument({
      actor,
      events: once([{ index: 0, event }]),
      behaviour: 'rollback',
      document: null,
    });
    const [refused] = outcome.refusedEvents;
    if (refused !== undefined) {
      const { code, message, refusals } = refused;
      const exception = code === 'EVENT_ID_TAKEN' ? 'ResourceAlreadyExistsException' : 'ValidationException';
      throw new EpcisProblem(exception, code, message, refusals.length > 0 ? { refusals } : {});
    }
    const [captured] = outcome.events;
    return (await this.stored.one(captured!.position)) ?? { ...event, eventID: captured!.eventId };
  }
}

async function readOne(source: AsyncIterable<Uint8Array>, mediaType: string): Promise<EpcisEvent> {
  const document = await readSmall(await collected(source), mediaType, { events: 1, bytes: MOST_BYTES });
  const [raw] = document.events;
  if (raw === undefined)
    throw new EpcisProblem('ValidationException', 'EVENT_MISSING', 'Expected one event; got none.');
  const checked = validateEvent(raw.event, raw.pointer);
  if (checked.valid) return checked.event;
  const [first] = checked.problems;
  const message = `${first!.pointer || 'The event'}: expected ${first!.expected}; got ${first!.got}.`;
  throw new EpcisProblem('ValidationException', first!.code, message, { problems: checked.problems });
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      const message = `Expected one event of at most ${MOST_BYTES} bytes; more came.`;
      throw new EpcisProblem('CaptureLimitExceededException', 'TOO_LARGE', message, { limit: MOST_BYTES });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}
