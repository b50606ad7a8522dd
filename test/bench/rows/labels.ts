import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LabelWorkers } from '../../../src/labels/label-workers.js';
import type { Row } from '../row.js';

const LABELS = 4000;
const GTIN = '09521001000017';

const serialOf = (index: number): string => `S${(index * 7919).toString(36).toUpperCase().padStart(11, '0')}`;

/** GS1 DataMatrix labels as SVG on every core, against bwip-js alone on as many threads. */
export const labels: Row = async () => {
  const workers = new LabelWorkers();
  const requests = Array.from({ length: LABELS }, (_, index) => ({
    identity: { kind: 'pack' as const, gtin: GTIN, serial: serialOf(index), lot: 'BENCH-1', expiry: '2029-12-31' },
    style: { symbology: 'gs1-datamatrix' as const, format: 'svg' as const },
  }));
  await workers.render(requests.slice(0, 800));
  const start = performance.now();
  await workers.render(requests);
  const got = (LABELS / (performance.now() - start)) * 1000;
  await workers.close();
  const texts = Array.from({ length: LABELS }, (_, index) => `(01)${GTIN}(17)291231(10)BENCH-1(21)${serialOf(index)}`);
  const alone = await bwipAlone(texts);
  return [
    {
      row: 'labels',
      work: `GS1 DataMatrix labels as SVG, ${availableParallelism()} threads`,
      value: got,
      unit: 'labels/s',
      ceiling: { what: 'bwip-js raw() alone on as many threads', value: alone },
      bars: [{ what: 'of bwip-js alone', bar: 0.9, got: got / alone, sense: 'at least' }],
    },
  ];
};

async function bwipAlone(texts: readonly string[]): Promise<number> {
  const threads = availableParallelism();
  const rates = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const workerData = texts.filter((_text, index) => index % threads === thread);
      const worker = new Worker(new URL('../bwip-worker.js', import.meta.url), { workerData });
      return new Promise<number>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
