import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { formatReceipt } from '../../../src/domain/receipt/receipt.js';
import { EXAMPLE_TRUST, exampleReceipt } from '../../../src/domain/receipt/receipt.fixture.js';

const execute = promisify(execFile);

const here = join(process.cwd(), 'apps/verifier');

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifestAt = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Puts the packages that a manifest declares, and those that they declare, beside it, as `npm install` would. */
async function installDependencies(manifest: Manifest, from: string, modules: string): Promise<void> {
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
    for (const path of paths) {
      const found = await manifestAt(join(path, name)).catch(() => undefined);
      if (found === undefined) continue;
      await cp(join(path, name), join(modules, name), { recursive: true });
      await installDependencies(found, join(path, name), modules);
      break;
    }
  }
}

describe('the package halisi-verify', () => {
  let folder: string;
  let command: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halisi-package-'));
    const packed = await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: here });
    const installed = join(folder, 'node_modules/halisi-verify');
    await mkdir(installed, { recursive: true });
    await execute('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', installed, '--strip-components=1']);
    await installDependencies(await manifestAt(installed), here, join(folder, 'node_modules'));
    command = join(installed, 'bin/halisi-verify.js');
    await writeFile(join(folder, 'receipt.json'), formatReceipt(exampleReceipt()));
    await writeFile(join(folder, 'halisi.json'), JSON.stringify(EXAMPLE_TRUST));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const inFolder = (...args: string[]) =>
    execute(process.execPath, [command, ...args], { cwd: folder, env: { PATH: dirname(process.execPath) } });

  it('checks a receipt from an empty folder, with nothing but what it declares', async () => {
    const { stdout } = await inFolder('receipt.json', '--trust', 'halisi.json');
    expect(stdout).toContain('receipt.json shows:');
  });

  it('has every subcommand in it', async () => {
    const { stdout } = await inFolder('--help');
    const commands = [...stdout.matchAll(/^ {2}halisi-verify (\w+)/gm)].map(([, name]) => name!);
    for (const name of commands) expect((await inFolder(name, '--help')).stdout).toContain('Usage:');
  });

  it('brings no sources and no tests', async () => {
    const { stdout } = await execute('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: here });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['dist/halisi-verify.js', 'dist/verify.html']));
    expect(paths.filter((path) => /\.ts$|\.spec\.|\.fixture\./.test(path))).toEqual([]);
  });
});
