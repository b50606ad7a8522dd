import { Injectable } from '@nestjs/common';
import { mayAct } from '../../access/abilities.js';
import { personOf, type Actor } from '../../access/actor.js';
import { readForeign } from '../../domain/custody/foreign/reading.js';
import { requestKey } from '../../platform/request-key.js';
import { CaptureReference } from '../capture-reference.js';
import { CaptureService } from '../capture.service.js';
import type { Job } from '../job.js';
import { CaptureModes } from './capture-modes.js';
import type { DocumentCapture, DocumentEvent, DocumentOutcome } from './document.js';
import { identityOf } from './identity.js';
import { Tally } from './tally.js';
import { Turns } from './turns.js';

/** A document up to here is one bundle, which shares its commit with others. */
const BUNDLE_EVENTS = 256;
const BUNDLE_EPCS = 10_000;

interface Batch {
  readonly indexes: readonly number[];
  readonly jobs: readonly Job[];
}

/** Takes documents of other systems through the write path. */
@Injectable()
export class ForeignCapture {
  private readonly turns = new Turns();

  constructor(
    private readonly capture: CaptureService,
    private readonly reference: CaptureReference,
    private readonly modes: CaptureModes,
  ) {}

  /**
   * Decides and stores the events of a document, in their order; they are validated before (`validateEvent`). Documents of
   * one organisation are applied in the order in which they are handed in here. `rollback` stores nothing where one event is
   * refused; `proceed` stores the others. Throws what `events` throws (of `rollback`, with nothing stored), and UNAVAILABLE or
   * a loss of the connection, after which the same document is sent again: what was stored is recognised.
   */
  async captureDocument(document: DocumentCapture): Promise<DocumentOutcome> {
    const turn = this.turns.take(document.actor.organisationId);
    try {
      const batches = this.batches(document);
      const first = await batches.next();
      if (first.done === true) return new Tally(true).outcome();
      const second = await batches.next();
      await turn.mine;
      return await (second.done === true
        ? this.captureSmall(document, first.value, turn.end)
        : this.captureLarge(document, [first.value, second.value], batches));
    } finally {
      turn.end();
    }
  }

  /** One bundle: the next document of the organisation may follow as soon as this one stands in the queue. */
  private async captureSmall(
    { actor, behaviour, onProgress }: DocumentCapture,
    { indexes, jobs }: Batch,
    queued: () => void,
  ): Promise<DocumentOutcome> {
    const tally = new Tally(behaviour === 'rollback');
    const outcomes = this.capture.captureBundle({ jobs, atomic: behaviour === 'rollback' }, actor.organisationId);
    queued();
    tally.add(indexes, await outcomes);
    onProgress?.(tally.counts);
    return tally.outcome();
  }

  private async captureLarge(
    { actor, behaviour, onProgress }: DocumentCapture,
    read: readonly Batch[],
    batches: AsyncGenerator<Batch>,
  ): Promise<DocumentOutcome> {
    const tally = new Tally(behaviour === 'rollback');
    const all = chained(read, batches);
    if (behaviour === 'proceed') {
      for await (const { indexes, jobs } of all) {
        tally.add(indexes, await this.capture.captureBundle({ jobs, atomic: false }, actor.organisationId));
        onProgress?.(tally.counts);
      }
      return tally.outcome();
    }
    let indexes: readonly number[] = [];
    const jobs = mapped(all, (batch) => {
      indexes = batch.indexes;
      return batch.jobs;
    });
    await this.capture.captureWhole(jobs, actor.organisationId, (outcomes) => {
      tally.add(indexes, outcomes);
      onProgress?.(tally.counts);
    });
    return tally.outcome();
  }

  /** The events as requests, in batches of bounded size whatever those of the source are. */
  private async *batches({ actor, events, document }: DocumentCapture): AsyncGenerator<Batch> {
    const strict = await this.modes.isStrict(actor.organisationId);
    const asked = new Set<string>();
    let indexes: number[] = [];
    let jobs: Job[] = [];
    let epcs = 0;
    for await (const part of events) {
      for (const event of part) {
        const { job, weight } = await this.jobOf(actor, event, document, strict, asked);
        if (jobs.length > 0 && (jobs.length === BUNDLE_EVENTS || epcs + weight > BUNDLE_EPCS)) {
          yield { indexes, jobs };
          [indexes, jobs, epcs] = [[], [], 0];
        }
        indexes.push(event.index);
        jobs.push(job);
        epcs += weight;
      }
    }
    if (jobs.length > 0) yield { indexes, jobs };
  }

  private async jobOf(
    actor: Actor,
    { event }: DocumentEvent,
    document: number | null,
    strict: boolean,
    asked: Set<string>,
  ): Promise<{ job: Job; weight: number }> {
    const read = readForeign(event);
    // Who may not recall a lot by a step of our own only passes the word on.
    const reading = read.step === 'recalling' && !mayAct(actor, 'recall') ? { ...read, step: undefined } : read;
    await this.reference.prepareForeign(reading, actor.organisationId, asked);
    const identity = identityOf(event);
    const eventId = identity.clientId ?? identity.documentedId;
    const job: Job = {
      request: requestKey({ step: 'foreign', content: identity.content.toString('hex') }),
      command: { step: 'foreign', event, reading, eventId, strict },
      act: {
        organisation: actor.organisationId,
        role: actor.organisationRole,
        site: 0,
        eventTime: event.eventTime,
      },
      person: personOf(actor) ?? null,
      foreign: { identity, document },
    };
    return { job, weight: reading.mentions.length };
  }
}

async function* chained<T>(read: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* read;
  yield* rest;
}

async function* mapped<T, R>(source: AsyncIterable<T>, to: (value: T) => R): AsyncGenerator<R> {
  for await (const value of source) yield to(value);
}
