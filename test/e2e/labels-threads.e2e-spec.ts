import 'reflect-metadata';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { transformFileSync } from '@swc/core';
import { LabelsService } from '../../src/labels/labels.service.js';
import { LabelWorkers } from '../../src/labels/label-workers.js';
import { type LabelRequest, renderLabel } from '../../src/labels/render-label.js';

const root = process.cwd();
let built: string;
let workers: LabelWorkers;

/** Compiles what the thread runs, beside node_modules so that its imports are found. */
beforeAll(() => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, 'labels-'));
  for (const file of globSync('src/{labels,domain}/**/*.ts', { cwd: root, exclude: ['**/*.spec.ts'] })) {
    const target = join(built, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformFileSync(join(root, file), { sourceMaps: false }).code);
  }
  workers = new LabelWorkers(pathToFileURL(join(built, 'src/labels/label-worker.js')), 2);
});

afterAll(async () => {
  await workers.close();
  rmSync(built, { recursive: true, force: true });
});

const request = (serial: string, format: 'svg' | 'png' = 'svg'): LabelRequest => ({
  identity: { kind: 'pack', gtin: '09506000134352', serial, lot: 'L1', expiry: '2028-12-31' },
  style: { format },
});

describe('labels made on threads', () => {
  it('are those of this thread, in order', async () => {
    const requests = Array.from({ length: 60 }, (_, at) => request(`S${at}`, at % 2 === 0 ? 'svg' : 'png'));
    const labels = await workers.render(requests);
    const plain = (data: string | Uint8Array) =>
      typeof data === 'string' ? data : Buffer.from(data).toString('base64');
    expect(labels.map(({ data }) => plain(data))).toEqual(requests.map((one) => plain(renderLabel(one).data)));
  });

  it('leave the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await workers.render(Array.from({ length: 200 }, (_, at) => request(`T${at}`)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('are refused with the code of the one that cannot be made', async () => {
    const requests = [...Array.from({ length: 60 }, (_, at) => request(`S${at}`)), request('not a serial')];
    await expect(workers.render(requests)).rejects.toMatchObject({ code: 'SERIAL_INVALID', name: 'DomainError' });
  });

  it('come after a stop, too: the next batch starts new threads', async () => {
    await workers.close();
    expect(await workers.render([request('A')])).toHaveLength(1);
  });

  it('stop with the server', async () => {
    let closed = 0;
    class Watched extends LabelWorkers {
      override async close(): Promise<void> {
        await super.close();
        closed++;
      }
    }
    const own = new LabelsService(new Watched(pathToFileURL(join(built, 'src/labels/label-worker.js')), 2));
    const module = { module: class Root {}, providers: [{ provide: LabelsService, useFactory: () => own }] };
    const server = await NestFactory.createApplicationContext(module, { logger: false });
    const many = Array.from({ length: 60 }, (_, at) => request(`U${at}`));
    expect(await own.renderMany(many)).toHaveLength(60);
    expect(closed).toBe(0);
    await server.close();
    expect(closed).toBe(1);
  });
});
