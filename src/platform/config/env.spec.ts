import { readFileSync } from 'node:fs';
import { configFrom } from './config.js';
import { InvalidEnvironmentError, readEnvironment } from './env.js';

function problems(source: Record<string, string>): readonly { name: string; expected: string; got: string }[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('needs nothing, and an empty value counts as nothing', () => {
    expect(readEnvironment({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000, HOST: '127.0.0.1' });
  });

  it('names everything that is wrong at once', () => {
    const found = problems({ PORT: '70000', HALISI_DEMO: 'yes', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' });
    expect(found.map(({ name }) => name).sort()).toEqual(['DATABASE_URL', 'HALISI_DEMO', 'LOG_LEVEL', 'PORT']);
  });

  it('shows no secret', () => {
    const [problem] = problems({ DATABASE_URL: 'mysql://root:hush@host/db' });
    expect(problem?.got).toBe('a value of 25 characters (not shown)');
  });

  it.each([
    [{ CHAIN_RPC_URL: 'http://localhost:8545' }, 'CHAIN_PRIVATE_KEY'],
    [{ CHAIN_PRIVATE_KEY: 'a'.repeat(64) }, 'CHAIN_PRIVATE_KEY'],
    [{ CHAIN_RPC_URL: 'http://x', CHAIN_KEYSTORE: 'k' }, 'CHAIN_KEYSTORE_PASSWORD_FILE'],
    [{ DATABASE_MIGRATION_URL: 'postgres://x' }, 'DATABASE_MIGRATION_URL'],
    [{ LOG_EXPORT: 's3://copies/log', AWS_ACCESS_KEY_ID: 'AKIA' }, 'AWS_SECRET_ACCESS_KEY'],
  ])('refuses settings that lack another: %j', (source, name) => {
    expect(problems(source as Record<string, string>).map((problem) => problem.name)).toEqual([name]);
  });

  it('is frozen once it is read', () => {
    const config = configFrom(readEnvironment({}));
    expect(Object.isFrozen(config) && Object.isFrozen(config.http)).toBe(true);
  });

  it('has an example that names every variable and works as it is', () => {
    const lines = readFileSync('.env.example', 'utf8')
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line));
    const example = Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
    expect(readEnvironment(example)).toEqual(readEnvironment({}));
    const text = readFileSync('src/platform/config/env.ts', 'utf8');
    const named = [...text.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? '');
    expect(Object.keys(example).sort()).toEqual(named.sort());
  });
});
