import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError, InvariantError } from '../domain/errors.js';
import type { Refusal, WorkAnswer, WorkOrder } from './label-worker.js';
import { type LabelRequest, type RenderedLabel, renderLabel } from './render-label.js';

const WORKER = new URL('./label-worker.js', import.meta.url);
const CHUNK = 25;

interface Waiting {
  readonly resolve: (labels: readonly RenderedLabel[]) => void;
  readonly reject: (error: Error) => void;
  readonly worker: Worker;
}

/**
 * Makes many labels off the event loop, one thread a core. Threads start with the first batch and stop with `close`.
 * Run from sources, without a compiled worker beside this file, it works in this thread and gives way between labels.
 */
export class LabelWorkers {
  private readonly workers: Worker[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private nextWorker = 0;

  constructor(
    private readonly script: URL = WORKER,
    private readonly size: number = availableParallelism(),
  ) {}

  /** Labels in the order of `requests`. Throws what the first refused request throws; then no label comes. */
  async render(requests: readonly LabelRequest[]): Promise<RenderedLabel[]> {
    if (!this.start()) return inThisThread(requests);
    const chunks: Promise<readonly RenderedLabel[]>[] = [];
    for (let at = 0; at < requests.length; at += CHUNK) chunks.push(this.send(requests.slice(at, at + CHUNK)));
    return (await Promise.all(chunks)).flat();
  }

  async close(): Promise<void> {
    const workers = this.workers.splice(0);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private start(): boolean {
    if (this.workers.length > 0) return true;
    if (!existsSync(fileURLToPath(this.script))) return false;
    for (let at = 0; at < this.size; at++) this.workers.push(this.hire());
    return true;
  }

  private hire(): Worker {
    const worker = new Worker(this.script);
    worker.unref();
    worker.on('message', (answer: WorkAnswer) => this.take(answer));
    worker.on('error', (error: Error) => this.lose(worker, error));
    worker.on('exit', () => this.lose(worker, new InvariantError('A thread that makes labels has stopped.')));
    return worker;
  }

  private send(requests: readonly LabelRequest[]): Promise<readonly RenderedLabel[]> {
    const worker = this.workers[this.nextWorker++ % this.workers.length]!;
    const order: WorkOrder = { id: this.nextId++, requests };
    return new Promise((resolve, reject) => {
      this.waiting.set(order.id, { resolve, reject, worker });
      worker.ref();
      worker.postMessage(order);
    });
  }

  private take(answer: WorkAnswer): void {
    const order = this.waiting.get(answer.id);
    if (order === undefined) return;
    this.waiting.delete(answer.id);
    if (![...this.waiting.values()].some((other) => other.worker === order.worker)) order.worker.unref();
    if ('labels' in answer) order.resolve(answer.labels);
    else order.reject(errorOf(answer.refusal));
  }

  /** What a dead thread had to do fails; the others go on, and the next batch starts new ones if none is left. */
  private lose(worker: Worker, error: Error): void {
    const at = this.workers.indexOf(worker);
    if (at >= 0) this.workers.splice(at, 1);
    for (const [id, order] of this.waiting) {
      if (order.worker !== worker) continue;
      this.waiting.delete(id);
      order.reject(error);
    }
  }
}

const errorOf = ({ code, message, details }: Refusal): Error =>
  code === '' ? new InvariantError(message) : new DomainError(code, message, details);

async function inThisThread(requests: readonly LabelRequest[]): Promise<RenderedLabel[]> {
  const labels: RenderedLabel[] = [];
  for (const request of requests) {
    labels.push(renderLabel(request));
    await setImmediate();
  }
  return labels;
}
