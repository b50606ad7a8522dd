import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { Metrics } from '../../../platform/metrics/metrics.js';
import type { JobResult } from './job.js';

/** Meters of the jobs that this process runs. */
@Injectable()
export class CaptureMetrics {
  private readonly accepted: Counter<'form'>;
  private readonly bytes: Counter;
  private readonly seconds: Histogram<'result'>;
  private readonly events: Counter<'outcome'>;

  constructor(@Inject(Metrics) { registry }: Metrics) {
    const registers = [registry];
    this.accepted = new Counter({
      name: 'halisi_epcis_documents_total',
      help: 'EPCIS documents that were accepted, by their form.',
      labelNames: ['form'] as const,
      registers,
    });
    this.bytes = new Counter({ name: 'halisi_epcis_document_bytes_total', help: 'Their bytes, unpacked.', registers });
    this.seconds = new Histogram({
      name: 'halisi_epcis_capture_job_seconds',
      help: 'Time that capture jobs took, from their start, by their result.',
      labelNames: ['result'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600],
      registers,
    });
    this.events = new Counter({
      name: 'halisi_epcis_events_total',
      help: 'Events of capture jobs, by what became of them.',
      labelNames: ['outcome'] as const,
      registers,
    });
  }

  acceptedDocument(form: string, bytes: number): void {
    this.accepted.inc({ form });
    this.bytes.inc(bytes);
  }

  finished({ success, captured, duplicates, reported, refused }: JobResult, seconds: number): void {
    this.seconds.observe({ result: success ? 'success' : 'errors' }, seconds);
    this.events.inc({ outcome: 'decided' }, captured - reported);
    this.events.inc({ outcome: 'reported' }, reported);
    this.events.inc({ outcome: 'duplicate' }, duplicates);
    this.events.inc({ outcome: 'refused' }, refused);
  }
}
