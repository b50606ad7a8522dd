import { type ChainSettings, GWEI, type SignerSettings, defaultAgreement, defaultOverdueMs } from './chain-settings.js';
import { type ChainsFileProblem, readChainsFile } from './chains-file.js';

/** The variables about chains, checked one by one. */
export interface ChainVariables {
  readonly HALISI_ROLE: string;
  readonly CHAINS_FILE?: string | undefined;
  readonly CHAIN_RPC_URL?: readonly string[] | undefined;
  readonly CHAIN_ID: number;
  readonly CHAIN_CONTRACT?: string | undefined;
  readonly CHAIN_PRIVATE_KEY?: string | undefined;
  readonly CHAIN_KEYSTORE?: string | undefined;
  readonly CHAIN_KEYSTORE_PASSWORD_FILE?: string | undefined;
  readonly CHAIN_BLOCK_TIME_MS: number;
  readonly CHAIN_MAX_FEE_GWEI: number;
  readonly ANCHOR_INTERVAL_MS: number;
}

interface Chains {
  readonly chains: readonly ChainSettings[];
  readonly problems: readonly ChainsFileProblem[];
}

const ANCHORS = new Set(['all', 'worker']);
/** What CHAINS_FILE says for every chain, and CHAIN_RPC_URL for one. */
const OF_ONE_CHAIN = ['CHAIN_RPC_URL', 'CHAIN_CONTRACT', 'CHAIN_PRIVATE_KEY', 'CHAIN_KEYSTORE', 'CHAIN_ID'] as const;
const ENTRIES = 100_000;

/**
 * The chains of this process: those of CHAINS_FILE, else the one of CHAIN_RPC_URL, else the embedded one; none in a process
 * that does not anchor, which needs no key and no file. `given` are the variables as they came.
 */
export function chainsOf(env: ChainVariables, given: Readonly<Record<string, string | undefined>>): Chains {
  if (!ANCHORS.has(env.HALISI_ROLE)) return { chains: [], problems: [] };
  const problems = contradictions(env);
  if (env.CHAINS_FILE !== undefined) {
    const read = readChainsFile(env.CHAINS_FILE, given);
    return { chains: read.chains, problems: [...problems, ...read.problems] };
  }
  return { chains: [env.CHAIN_RPC_URL === undefined ? embedded(env) : external(env, env.CHAIN_RPC_URL)], problems };
}

function embedded(env: ChainVariables): ChainSettings {
  const stuckAfterMs = Math.max(30_000, 20 * env.CHAIN_BLOCK_TIME_MS);
  return {
    ...common(env, true, stuckAfterMs),
    name: 'embedded',
    chainId: undefined,
    rpc: [],
    signer: { type: 'embedded' },
    agreement: 1,
  };
}

function external(env: ChainVariables, rpc: readonly string[]): ChainSettings {
  const chainId = env.CHAIN_ID === 0 ? undefined : env.CHAIN_ID;
  return {
    ...common(env, false, 90_000),
    name: 'main',
    chainId,
    rpc,
    signer: signerOf(env),
    agreement: defaultAgreement(rpc.length),
  };
}

function common(env: ChainVariables, isEmbedded: boolean, stuckAfterMs: number) {
  const everyMs = env.ANCHOR_INTERVAL_MS;
  return {
    embedded: isEmbedded,
    contract: env.CHAIN_CONTRACT,
    finality: 'finalized' as const,
    schedule: { everyMs, entries: ENTRIES },
    fees: {
      maxFee: BigInt(env.CHAIN_MAX_FEE_GWEI) * GWEI,
      maxPriorityFee: undefined,
      bumpPercent: 12.5,
      stuckAfterMs,
      dailyBudget: undefined,
    },
    overdueAfterMs: defaultOverdueMs(everyMs, isEmbedded),
  };
}

function signerOf(env: ChainVariables): SignerSettings {
  const { CHAIN_PRIVATE_KEY: key = '', CHAIN_KEYSTORE: file, CHAIN_KEYSTORE_PASSWORD_FILE: passwordFile } = env;
  return file === undefined || passwordFile === undefined
    ? { type: 'key', key }
    : { type: 'keystore', file, passwordFile };
}

/** What each variable alone does not show: settings that need or exclude one another. */
function contradictions(env: ChainVariables): ChainsFileProblem[] {
  const problems: ChainsFileProblem[] = [];
  const wrong = (name: string, expected: string, got: string): void => void problems.push({ name, expected, got });
  const set = OF_ONE_CHAIN.filter((name) => env[name] !== undefined && env[name] !== 0);
  if (env.CHAINS_FILE !== undefined) {
    for (const name of set) wrong(name, 'nothing, because CHAINS_FILE is set', 'a value');
    return problems;
  }
  const { CHAIN_PRIVATE_KEY: key, CHAIN_KEYSTORE: keystore } = env;
  const isExternal = env.CHAIN_RPC_URL !== undefined;
  if (isExternal && key === undefined && keystore === undefined) {
    const expected = 'this or CHAIN_KEYSTORE, because CHAIN_RPC_URL is set and anchors must be signed';
    wrong('CHAIN_PRIVATE_KEY', expected, 'nothing');
  }
  if (key !== undefined && keystore !== undefined) {
    wrong('CHAIN_KEYSTORE', 'nothing, because CHAIN_PRIVATE_KEY is set', 'both');
  }
  if (keystore !== undefined && env.CHAIN_KEYSTORE_PASSWORD_FILE === undefined) {
    wrong('CHAIN_KEYSTORE_PASSWORD_FILE', 'a file with the password of CHAIN_KEYSTORE', 'nothing');
  }
  if (!isExternal) {
    for (const name of set) wrong(name, 'CHAIN_RPC_URL beside it: the embedded chain brings its own', 'a value');
  }
  return problems;
}
