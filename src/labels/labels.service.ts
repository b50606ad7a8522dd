import { LabelWorkers } from './label-workers.js';
import { type LabelRequest, type RenderedLabel, renderLabel } from './render-label.js';

const BATCH_IN_THREADS = 50;
const CACHED_LABELS = 256;

/** Makes labels from what is on them; it knows no database. The same request gives the same bytes. */
export class LabelsService {
  private readonly cache = new Map<string, RenderedLabel>();

  constructor(private readonly workers: LabelWorkers = new LabelWorkers()) {}

  /** One label, at once. Throws LabelError, or the domain's errors for a wrong key, lot or serial number. */
  render(request: LabelRequest): RenderedLabel {
    const key = JSON.stringify(request);
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const label = renderLabel(request);
    if (this.cache.size >= CACHED_LABELS) this.cache.delete(this.cache.keys().next().value!);
    this.cache.set(key, label);
    return label;
  }

  /** Labels in the order of `requests`: fifty and more on threads of their own. Throws as `render` does, for all. */
  async renderMany(requests: readonly LabelRequest[]): Promise<RenderedLabel[]> {
    if (requests.length >= BATCH_IN_THREADS) return this.workers.render(requests);
    return requests.map((request) => this.render(request));
  }

  /** Stops the threads; Nest calls it when the server answers nobody any more. */
  onApplicationShutdown(): Promise<void> {
    return this.workers.close();
  }
}
