import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { omit } from '../../../domain/epcis/omit.js';
import { type DocumentForm, writeDocument } from '../documents/write-document.js';
import { asProblems } from '../rest/document-problem.js';
import { noSuch } from '../rest/epcis-problem.js';
import { CaptureJobsStore } from './capture-jobs.store.js';
import type { StoredJob } from './job.js';
import { type StoredEvent, StoredEventsStore } from './stored-events.store.js';

/** Writes captured documents out again, for whoever captured them. */
@Injectable()
export class DocumentOut {
  constructor(
    private readonly jobs: CaptureJobsStore,
    private readonly events: StoredEventsStore,
  ) {}

  /**
   * The document of a job as it came, in the asked form: its header and its events, without what the capture added
   * (recordTime, an eventID where the client gave none) and without what was erased since. Throws NoSuchNameException for
   * a job that is not the asker's, that is still running, or that stored nothing.
   */
  async document(actor: Actor, id: string, form: DocumentForm): Promise<AsyncIterable<string>> {
    const job = await this.jobs.stored(actor.organisationId, id);
    if (job === undefined) throw noSuch('capture job of this id');
    if (!job.finished) throw noSuch('document of this job yet: it is still running');
    if (!job.stored) throw noSuch('document of this job: nothing of it was stored');
    return asProblems(() => writeDocument(job.header, this.eventsOf(job), form));
  }

  private async *eventsOf({ number, named, positions }: StoredJob): AsyncGenerator<EpcisEvent> {
    const events = positions === null ? this.events.ofDocument(number) : this.events.at(positions);
    for await (const stored of events) yield asItCame(stored, named);
  }
}

function asItCame({ event, named }: StoredEvent, documents: StoredJob['named']): EpcisEvent {
  const given = documents === 'all' || (documents === 'some' && named);
  const recorded = omit(event, 'recordTime');
  return (given ? recorded : omit(recorded, 'eventID')) as EpcisEvent;
}
