import { z } from 'zod';
import { type ChainSettings } from './chain-settings.js';
import { chainsOf } from './chain-variables.js';

/** One variable that keeps the server from starting: its name, what was expected, and what came (never a secret's value). */
export interface EnvironmentProblem {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
}

/** Thrown at start-up with everything that is wrong at once. */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';

  constructor(readonly problems: readonly EnvironmentProblem[]) {
    const lines = problems.map((p) => `  ${p.name}: expected ${p.expected}; got ${p.got}`);
    super(`The environment is not usable; ${problems.length} setting(s) are wrong:\n${lines.join('\n')}`);
  }
}

const SECRETS = new Set([
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'CHAIN_RPC_URL',
  'CHAIN_PRIVATE_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
]);

function whole(expected: string, least: number, most: number, fallback: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most)
    .default(fallback)
    .describe(`${expected}, ${least} to ${most}`);
}

function choice<const Values extends [string, ...string[]]>(values: Values, fallback: Values[number]) {
  return z
    .enum(values)
    .default(fallback)
    .describe(`one of ${values.join(', ')}`);
}

function flag(fallback: boolean) {
  return z
    .enum(['0', '1', 'true', 'false'])
    .transform((value) => value === '1' || value === 'true')
    .default(fallback)
    .describe('0 or 1');
}

function url(protocols: readonly string[]) {
  return z
    .string()
    .refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''))
    .optional()
    .describe(`a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
}

function urls(protocols: readonly string[]) {
  return z
    .string()
    .transform((value) => value.split(',').map((each) => each.trim()))
    .refine((list) => list.every((value) => protocols.includes(URL.parse(value)?.protocol ?? '')))
    .optional()
    .describe(
      `one or several URLs, separated by commas, that start with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .optional()
  .describe('a contract address: 0x and 40 hex digits');

const privateKey = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/)
  .optional()
  .describe('a private key: 64 hex digits, with or without 0x');

const schema = z.object({
  NODE_ENV: choice(['development', 'production', 'test'], 'development'),
  PORT: whole('a TCP port, 0 for any free one', 0, 65535, 3000),
  HOST: z
    .string()
    .regex(/^[^\s/]+$/)
    .default('127.0.0.1')
    .describe('a host name or address to listen on'),
  PUBLIC_URL: url(['http:', 'https:']),
  TRUST_PROXY: flag(false),
  HALISI_HOME: z.string().min(1).default('.halisi').describe('a folder for all embedded data and keys'),
  HALISI_ROLE: choice(['all', 'api', 'worker'], 'all'),
  HALISI_DEMO: flag(true),
  VERIFICATION_ISSUERS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('the path of a JSON file with the issuers of credentials of authorised trading partners'),
  VERIFICATION_CREDENTIALS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('the path of a JSON file with the credentials that are shown to other systems, by GLN'),
  VERIFICATION_RESOLVER_URL: url(['http:', 'https:']),
  VERIFICATION_ALLOW_PRIVATE: flag(false),
  VERIFICATION_TIMEOUT_MS: whole('milliseconds for one question to another system', 100, 60_000, 5000),
  HALISI_WEBHOOK_ALLOW_PRIVATE: flag(false),
  HALISI_WEBHOOK_TIMEOUT_MS: whole('milliseconds for one delivery', 100, 120_000, 10_000),
  HALISI_WEBHOOK_RETRY_SECONDS: whole('seconds for which a delivery is tried', 1, 2_592_000, 86_400),
  HALISI_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,200}$/)
    .optional()
    .describe('the log\'s origin: a name without spaces and "+", as in log.example.org/halisi'),
  LOG_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("the path of a file with the seed of the log's key, 64 hex digits"),
  LOG_ML_DSA: flag(false),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  DATABASE_MIGRATION_URL: url(['postgres:', 'postgresql:']),
  DATABASE_POOL: whole('a number of connections', 2, 500, 20),
  CHAINS_FILE: z.string().min(1).optional().describe('the path of a JSON file with the chains to anchor to'),
  CHAIN_RPC_URL: urls(['http:', 'https:']),
  CHAIN_ID: whole('a chain id, 0 for whatever the node says', 0, 999_999_999_999, 0),
  CHAIN_CONTRACT: address,
  CHAIN_PRIVATE_KEY: privateKey,
  CHAIN_KEYSTORE: z.string().min(1).optional().describe('the path of a Web3 Secret Storage (keystore) file'),
  CHAIN_KEYSTORE_PASSWORD_FILE: z.string().min(1).optional().describe('the path of a file with its password'),
  CHAIN_BLOCK_TIME_MS: whole('milliseconds between blocks of the embedded chain', 100, 60_000, 1000),
  CHAIN_MAX_FEE_GWEI: whole('the most to pay for a unit of gas, in gwei', 1, 1_000_000, 500),
  ACCESS_TOKEN_SECONDS: whole('seconds', 30, 86_400, 600),
  REFRESH_TOKEN_SECONDS: whole('seconds', 60, 31_536_000, 1_209_600),
  CHECKPOINT_INTERVAL_MS: whole('milliseconds', 50, 3_600_000, 1000),
  WITNESS_POLICY: z.string().min(1).optional().describe('the path of a c2sp.org/tlog-policy file'),
  LOG_EXPORT: z.string().min(1).optional().describe('a folder, or s3://bucket/prefix'),
  LOG_EXPORT_INTERVAL_MS: whole('milliseconds', 100, 86_400_000, 10_000),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('us-east-1')
    .describe('a region, as eu-central-1'),
  AWS_ACCESS_KEY_ID: z.string().min(1).optional().describe('the id of an access key'),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('the secret of AWS_ACCESS_KEY_ID'),
  AWS_SESSION_TOKEN: z.string().min(1).optional().describe('the token of a temporary access key'),
  AWS_ENDPOINT_URL: url(['http:', 'https:']),
  ANCHOR_INTERVAL_MS: whole('milliseconds', 100, 86_400_000, 5000),
  EPCIS_CAPTURE_LIMIT: whole('a number of events', 1, 100_000_000, 1_000_000),
  EPCIS_CAPTURE_FILE_SIZE_LIMIT: whole('a number of bytes', 1024, 100_000_000_000, 2_147_483_648),
  EPCIS_JOB_DAYS: whole('days', 1, 36_500, 90),
  HALISI_DROP_FOLDER: z.string().min(1).optional().describe('the path of a folder that documents are dropped into'),
  SHUTDOWN_GRACE_MS: whole('milliseconds between failing readiness and closing', 0, 120_000, 0),
  GRAPHIQL: z
    .enum(['0', '1'])
    .transform((value) => value === '1')
    .optional()
    .describe('0 or 1'),
});

/** The variables, and the chains that they lead to: none where this process anchors nothing. */
export type Environment = z.output<typeof schema> & { readonly chains: readonly ChainSettings[] };

/**
 * Reads and checks every variable once. An empty value counts as not set.
 * Throws InvalidEnvironmentError that names all that is wrong. Nothing else in the house reads `process.env`.
 */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(String(issue.path[0]), given));
  problems.push(...contradictions(given));
  if (!parsed.success) throw new InvalidEnvironmentError(problems);
  const { chains, problems: inChains } = chainsOf(parsed.data, given);
  problems.push(...inChains);
  if (problems.length > 0) throw new InvalidEnvironmentError(problems);
  return { ...parsed.data, chains };
}

function problemOf(name: string, given: Record<string, string | undefined>): EnvironmentProblem {
  const field = schema.shape[name as keyof typeof schema.shape];
  return { name, expected: field.description ?? 'another value', got: shown(name, given[name]) };
}

function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing';
  return SECRETS.has(name) ? `a value of ${value.length} characters (not shown)` : JSON.stringify(value);
}

/** What each variable alone does not show: settings that need or exclude one another. */
function contradictions(given: Record<string, string | undefined>): EnvironmentProblem[] {
  const problems: EnvironmentProblem[] = [];
  if (given['DATABASE_MIGRATION_URL'] !== undefined && given['DATABASE_URL'] === undefined) {
    const expected = 'DATABASE_URL beside it: the embedded database brings its own';
    problems.push({ name: 'DATABASE_MIGRATION_URL', expected, got: shown('DATABASE_MIGRATION_URL', 'x') });
  }
  if (given['LOG_EXPORT']?.startsWith('s3:') === true) {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter((key) => given[key] === undefined)) {
      problems.push({ name, expected: 'a key for the store that LOG_EXPORT names', got: 'nothing' });
    }
  }
  return problems;
}
