import { PROBLEM_NAMESPACES, problemElements } from '../rest/problem-writer.js';
import { xmlElement, xmlLeaf } from '../rest/xml.js';
import type { CaptureJob } from './job.js';

/** A capture job as the binding describes it (EPCIS 2.0 §12.4.2), with its counts beside. */
export function jobJson(job: CaptureJob): Record<string, unknown> {
  return {
    captureID: job.id,
    createdAt: job.createdAt.toISOString(),
    ...(job.finishedAt !== null && { finishedAt: job.finishedAt.toISOString() }),
    running: job.finishedAt === null,
    success: job.success,
    captureErrorBehaviour: job.behaviour,
    errors: job.errors,
    'halisi:counts': job.counts,
  };
}

/** The same as an `epcis:EPCISCaptureJob` of the 2.0 XML schema. */
export function jobXml(job: CaptureJob, namespaces: Readonly<Record<string, string>> = PROBLEM_NAMESPACES): string {
  const errors = job.errors.map((error) => xmlElement('error', {}, problemElements(error))).join('');
  return xmlElement(
    'epcis:EPCISCaptureJob',
    {
      ...namespaces,
      running: String(job.finishedAt === null),
      success: String(job.success),
      captureID: job.id,
    },
    xmlLeaf('captureErrorBehaviour', job.behaviour) +
      xmlLeaf('createdAt', job.createdAt.toISOString()) +
      xmlLeaf('finishedAt', job.finishedAt?.toISOString()) +
      (errors === '' ? '' : xmlElement('errors', {}, errors)) +
      xmlElement(
        'halisi:counts',
        Object.fromEntries(Object.entries(job.counts).map(([name, count]) => [name, String(count)])),
        '',
      ),
  );
}

/** A page of jobs. The binding has no XML for it: a plain element around theirs. */
export const jobsXml = (jobs: readonly CaptureJob[]): string =>
  xmlElement('epcis:EPCISCaptureJobs', PROBLEM_NAMESPACES, jobs.map((job) => jobXml(job, {})).join(''));
