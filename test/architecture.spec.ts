import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FLOORS, importCycles, readSources, upwardImports } from './support/architecture.js';

const root = process.cwd();
const sources = readSources(root, existsSync(join(root, 'apps')) ? ['src', 'apps'] : ['src']);

function planted(path: string, text: string): Map<string, string> {
  return new Map([...sources, [path, text]]);
}

describe('the house', () => {
  it('has only rooms that the plan names', () => {
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unknown = rooms.map(({ name }) => name).filter((name) => name !== 'generated' && FLOORS[name] === undefined);
    expect(unknown).toEqual([]);
  });

  it('has no import that goes up a floor', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(upwardImports(sources)).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  it.each([
    ['src/platform/planted.ts', `import { Capture } from '../capture/capture.service.js';`],
    ['src/capture/planted.ts', `import {\n  ShippingService,\n} from '../steps/shipping.service.js';`],
    ['src/access/planted.ts', `import '../partners/partners.module.js';`],
    ['src/partners/planted.ts', `import '../transparency/transparency.module.js';`],
    ['src/trace/planted.ts', `const late = await import('../interop/epcis.js');`],
    ['src/transparency/planted.ts', `export * from '../verification/verdict.js';`],
    ['src/domain/gs1/planted.ts', `import { Config } from '../../platform/config/config.js';`],
    ['src/domain/gs1/planted.ts', `import { createHash } from 'node:crypto';`],
    ['src/domain/gs1/planted.ts', `import type { FastifyRequest } from 'fastify';`],
    ['src/partners/planted.ts', `import { AppModule } from '../app.module.js';`],
    ['apps/verifier/src/planted.ts', `import { Database } from '../../../src/platform/database/database.js';`],
  ])('notices %s with %s', (path, text) => {
    const before = upwardImports(sources).length;
    expect(upwardImports(planted(path, text))).toHaveLength(before + 1);
  });

  it('notices a cycle', () => {
    const files = new Map([
      ['src/platform/a.ts', `import { b } from './b.js';`],
      ['src/platform/b.ts', `import { a } from './a.js';`],
    ]);
    expect(importCycles(files)).toEqual([['src/platform/a.ts', 'src/platform/b.ts', 'src/platform/a.ts']]);
  });

  it('has a domain that compiles with neither Node nor DOM', async () => {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const compile = promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', 'tsconfig.domain.json'], {
      cwd: root,
    });
    await expect(compile).resolves.toMatchObject({ stdout: '' });
  });
});
