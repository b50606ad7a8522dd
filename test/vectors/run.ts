import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isNoCase, KINDS } from './kinds/index.js';
import type { CaseResult, VectorFile } from './kinds/kind.js';

/**
 * Runs every published case under a folder: `npm run vectors -- DIR`. Prints each failure on a line and closes with
 * `N passed, M failed`, `, K disputed` for expectations against the standard, each printed with its reason, and `, K skipped` for
 * the files whose kind is not answered yet. Exits 1 when a case failed.
 */
async function main(dir: string | undefined): Promise<number> {
  if (dir === undefined || !statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    console.error('Usage: npm run vectors -- DIR, where DIR is a folder of published cases.');
    return 2;
  }
  const count = { passed: 0, failed: 0, disputed: 0, skipped: 0 };
  for (const file of filesOf(dir)) {
    const results = await resultsOf(file);
    if (results === undefined) {
      if (!isNoCase(file.relativePath)) count.skipped++;
      continue;
    }
    results.forEach((result, index) => {
      if (result.skipped === true) count.skipped++;
      else if (result.ok) count.passed++;
      else if (result.disputed !== undefined) {
        count.disputed++;
        console.log(`${file.relativePath} case ${index + 1}: disputed: ${result.disputed} | ${result.name}`);
      } else {
        count.failed++;
        console.log(failureLine(file, index + 1, result));
      }
    });
  }
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  const disputed = count.disputed > 0 ? `, ${count.disputed} disputed` : '';
  console.log(`${count.passed} passed, ${count.failed} failed${disputed}${skipped}`);
  return count.failed > 0 ? 1 : 0;
}

function filesOf(dir: string): readonly VectorFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, relativePath: relative(dir, path).split(sep).join('/'), dir }));
}

/** Undefined when no kind answers the file. A file that cannot be read is one failed case. */
async function resultsOf(file: VectorFile): Promise<readonly CaseResult[] | undefined> {
  const kinds = KINDS.filter((kind) => kind.matches(file.relativePath));
  if (kinds.length === 0) return undefined;
  const results: CaseResult[] = [];
  for (const kind of kinds) {
    try {
      results.push(...(await kind.run(file)));
    } catch (error) {
      results.push({ name: kind.name, ok: false, expected: 'a readable file', got: String(error) });
    }
  }
  return results;
}

function failureLine(file: VectorFile, number: number, { name, expected = 'ok', got = 'failed' }: CaseResult): string {
  return `${file.relativePath} case ${number}: expected ${expected}, got ${got} | ${name}`.replaceAll(/[\r\n]+/g, ' ');
}

process.exitCode = await main(process.argv[2]);
