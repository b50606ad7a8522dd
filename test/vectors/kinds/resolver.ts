import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startModelResolver, type ModelResolver } from './resolver-model.js';
import { checksOf, isListed } from './resolver-statements.js';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';

/** `[DONE] 7. SHALL ...` and `  - SHALL ...` say the same as `SHALL ...`. */
const statementsIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\s*(\[[^\]]*\])?\s*(\d+\.)?\s*(- )?\s*/, '').trim())
    .filter((line) => line !== '' && !line.endsWith(':') && !/^summarising/i.test(line));

/** Every statement is put to a real resolver that has the model link set, or is listed with a reason; nothing is left. */
async function statements({ path }: VectorFile): Promise<CaseResult[]> {
  const resolver = await startModelResolver(join(dirname(path), 'modelLinkset.json'));
  try {
    const results: CaseResult[] = [];
    for (const statement of statementsIn(path)) {
      if (isListed(statement)) continue;
      results.push(await put(statement, resolver));
    }
    return results;
  } finally {
    await resolver.close();
  }
}

async function put(statement: string, resolver: ModelResolver): Promise<CaseResult> {
  const checks = checksOf(statement);
  if (checks.length === 0) return { name: statement, ok: false, got: 'a statement that nobody checks' };
  for (const check of checks) {
    const wrong = await check(resolver);
    if (wrong !== undefined) return { name: statement, ok: false, expected: 'to conform', got: wrong };
  }
  return { name: statement, ok: true };
}

/** The model itself: what the resolver answers for its finest identifier is the model, word for word. */
async function model({ path }: VectorFile): Promise<CaseResult[]> {
  const resolver = await startModelResolver(path);
  try {
    const answer = await resolver.ask(`${resolver.pack}?linkType=linkset`);
    const [expected, got] = [sorted(JSON.parse(readFileSync(path, 'utf8'))), sorted(await answer.json())];
    return [{ name: 'the model link set comes back', ok: expected === got, expected, got }];
  } finally {
    await resolver.close();
  }
}

/** JSON with the members of each object by name: a link set has no order of link types. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

export const resolverKinds: VectorKind[] = [
  { name: 'resolver statements', matches: (path) => /^gs1\/resolver\/[^/]*\.txt$/.test(path), run: statements },
  { name: 'resolver model', matches: (path) => path === 'gs1/resolver/modelLinkset.json', run: model },
];
