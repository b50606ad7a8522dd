import { parentPort } from 'node:worker_threads';
import { type LabelRequest, type RenderedLabel, renderLabel } from './render-label.js';

/** One order to the thread, and its answer: labels in the order of their requests, or why one of them cannot be made. */
export interface WorkOrder {
  readonly id: number;
  readonly requests: readonly LabelRequest[];
}
export type WorkAnswer =
  | { readonly id: number; readonly labels: readonly RenderedLabel[] }
  | { readonly id: number; readonly refusal: Refusal };

/** An error without its class, which does not survive the way between threads. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function answer({ id, requests }: WorkOrder): WorkAnswer {
  try {
    return { id, labels: requests.map(renderLabel) };
  } catch (error) {
    const { code = '', message, details = {} } = error as Partial<Refusal> & Error;
    return { id, refusal: { code, message, details } };
  }
}

parentPort?.on('message', (order: WorkOrder) => parentPort?.postMessage(answer(order)));
