import { existsSync, readFileSync } from 'node:fs';
import { parseEther, parseUnits } from 'ethers';
import { z } from 'zod';
import { type ChainSettings, type SignerSettings, defaultAgreement, defaultOverdueMs } from './chain-settings.js';

/** One thing that is wrong in CHAINS_FILE: where, what was expected, and what came (never a secret). */
export interface ChainsFileProblem {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
}

const MOST_CHAINS = 32;
const SECRET = /(^|\.)(rpc|key)(\[|$)/;
const KEY = /^(0x)?[0-9a-fA-F]{64}$/;

const gwei = (what: string) =>
  z
    .union([z.number(), z.string()], { error: `${what}, in gwei` })
    .refine(
      (value) => /^\d{1,9}(\.\d{1,9})?$/.test(String(value)) && Number(value) > 0,
      `${what}, in gwei, of at least 1 wei`,
    )
    .transform((value) => parseUnits(String(value), 'gwei'));

const path = z.string({ error: 'the path of a file that can be read' }).refine((file) => existsSync(file), {
  error: 'the path of a file that can be read',
});

const signer = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('key'), file: path.optional(), variable: z.string().min(1).optional() }),
    z.strictObject({ type: z.literal('keystore'), file: path, passwordFile: path }),
    z.strictObject({
      type: z.literal('kms'),
      keyId: z.string().min(1),
      region: z.string().regex(/^[a-z0-9-]+$/),
      endpoint: z.url({ protocol: /^https?$/, error: 'a URL' }).optional(),
      credentialsFile: path,
    }),
  ],
  { error: 'a signer of type key, keystore or kms' },
);

const chain = z
  .strictObject({
    name: z.string({ error: 'a name' }).regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a name of a-z, 0-9 and -'),
    chainId: z.number({ error: 'an EIP-155 chain id' }).int().positive().max(Number.MAX_SAFE_INTEGER),
    rpc: z
      .array(z.url({ protocol: /^https?$/, error: 'an http or https URL' }))
      .min(1, 'at least one URL')
      .max(16),
    contract: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/, 'a contract address: 0x and 40 hex digits')
      .optional(),
    signer,
    finality: z
      .union([z.literal('finalized'), z.strictObject({ blocks: z.number().int().positive().max(1_000_000) })], {
        error: '"finalized" or { "blocks": n }',
      })
      .default('finalized'),
    schedule: z.strictObject({
      everyMinutes: z.number().positive().max(100_000).optional(),
      everySeconds: z.number().positive().max(6_000_000).optional(),
      entries: z.number().int().positive().default(100_000),
    }),
    fees: z.strictObject({
      maxFeeGwei: gwei('the most to pay for a unit of gas'),
      maxPriorityFeeGwei: gwei('the largest tip for a unit of gas').optional(),
      bumpPercent: z.number().min(12.5, 'at least 12.5').max(1000).default(12.5),
      stuckAfterSeconds: z.number().positive().max(1_000_000).default(90),
      dailyBudget: z
        .string({ error: 'a decimal number of the chain\'s coin, as a string: "0.01"' })
        .regex(/^\d{1,12}(\.\d{1,18})?$/, 'a decimal number of the chain\'s coin, as a string: "0.01"')
        .transform((value) => parseEther(value))
        .optional(),
    }),
    agreement: z.number().int().positive().optional(),
    overdueAfterMinutes: z.number().positive().max(1_000_000).optional(),
  })
  .superRefine(({ schedule, agreement, rpc, overdueAfterMinutes, signer }, context) => {
    const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if ((schedule.everyMinutes === undefined) === (schedule.everySeconds === undefined)) {
      wrong(['schedule'], 'either everyMinutes or everySeconds');
    }
    if (agreement !== undefined && agreement > rpc.length)
      wrong(['agreement'], `at most the ${rpc.length} URLs of rpc`);
    if (overdueAfterMinutes !== undefined && overdueAfterMinutes * 60_000 <= everyMs(schedule)) {
      wrong(['overdueAfterMinutes'], 'more than the time between two anchors');
    }
    if (signer.type === 'key' && (signer.file === undefined) === (signer.variable === undefined)) {
      wrong(['signer'], 'either file or variable, which holds the key');
    }
  });

const chains = z
  .array(chain, { error: 'a list of chains' })
  .min(1, 'at least one chain')
  .max(MOST_CHAINS, `at most ${MOST_CHAINS} chains`)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    list.forEach(({ name, chainId }, i) => {
      for (const [member, value] of [
        ['name', name],
        ['chainId', String(chainId)],
      ] as const) {
        if (seen.has(`${member} ${value}`))
          context.addIssue({ code: 'custom', path: [i, member], message: 'one that no other chain has' });
        seen.add(`${member} ${value}`);
      }
    });
  });

type ParsedChain = z.output<typeof chain>;

/**
 * Reads CHAINS_FILE (docs/operations/anchoring.md). `variables` are those of the environment, for keys that come that way. All
 * problems are named at once, and none shows a secret.
 */
export function readChainsFile(
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly chains: readonly ChainSettings[]; readonly problems: readonly ChainsFileProblem[] } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const got = error instanceof SyntaxError ? 'something else' : 'a file that cannot be read';
    return { chains: [], problems: [{ name: 'CHAINS_FILE', expected: 'the path of a JSON file', got }] };
  }
  const parsed = chains.safeParse(value);
  if (!parsed.success) return { chains: [], problems: parsed.error.issues.map((issue) => problemOf(issue, value)) };
  const problems: ChainsFileProblem[] = [];
  const settings = parsed.data.map((each, i) => settingsOf(each, `CHAINS_FILE[${i}]`, variables, problems));
  return { chains: settings, problems };
}

function settingsOf(
  { schedule, fees, overdueAfterMinutes, agreement, signer, contract, ...rest }: ParsedChain,
  at: string,
  variables: Readonly<Record<string, string | undefined>>,
  problems: ChainsFileProblem[],
): ChainSettings {
  const every = everyMs(schedule);
  const overdue = overdueAfterMinutes === undefined ? defaultOverdueMs(every, false) : overdueAfterMinutes * 60_000;
  return {
    ...rest,
    embedded: false,
    contract,
    signer: signerOf(signer, at, variables, problems),
    schedule: { everyMs: every, entries: schedule.entries },
    fees: {
      maxFee: fees.maxFeeGwei,
      maxPriorityFee: fees.maxPriorityFeeGwei,
      bumpPercent: fees.bumpPercent,
      stuckAfterMs: fees.stuckAfterSeconds * 1000,
      dailyBudget: fees.dailyBudget,
    },
    agreement: agreement ?? defaultAgreement(rest.rpc.length),
    overdueAfterMs: overdue,
  };
}

function signerOf(
  signer: ParsedChain['signer'],
  at: string,
  variables: Readonly<Record<string, string | undefined>>,
  problems: ChainsFileProblem[],
): SignerSettings {
  if (signer.type === 'kms') return { ...signer, endpoint: signer.endpoint };
  if (signer.type !== 'key') return signer;
  const given = signer.file === undefined ? variables[signer.variable ?? ''] : textIn(signer.file);
  const key = given?.trim() ?? '';
  if (!KEY.test(key)) {
    const got = key === '' ? 'nothing' : `a value of ${key.length} characters (not shown)`;
    problems.push({ name: `${at}.signer`, expected: 'a private key there: 64 hex digits, with or without 0x', got });
  }
  return { type: 'key', key };
}

/** Nothing where it is a folder, or somebody else's. */
function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const everyMs = ({
  everyMinutes,
  everySeconds,
}: {
  everyMinutes?: number | undefined;
  everySeconds?: number | undefined;
}): number => Math.round((everyMinutes ?? 0) * 60_000 + (everySeconds ?? 0) * 1000);

function problemOf(issue: z.core.$ZodIssue, value: unknown): ChainsFileProblem {
  const name = issue.path.reduce<string>(
    (at, part) => (typeof part === 'number' ? `${at}[${part}]` : `${at}.${String(part)}`),
    'CHAINS_FILE',
  );
  const expected = issue.code === 'unrecognized_keys' ? `no member ${issue.keys.join(', ')}` : issue.message;
  const found = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
  return { name, expected, got: shown(name, found) };
}

function shown(name: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return SECRET.test(name) ? 'a value that is not shown' : JSON.stringify(value);
}
