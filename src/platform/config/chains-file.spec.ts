import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidEnvironmentError, readEnvironment } from './env.js';

const folder = mkdtempSync(join(tmpdir(), 'halisi-chains-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const keyFile = written('publisher.key', `0x${KEY}\n`);

const sepolia = {
  name: 'sepolia',
  chainId: 11155111,
  rpc: ['https://user:hush@one.example/v3/hush', 'https://two.example'],
  signer: { type: 'key', file: keyFile },
  schedule: { everyMinutes: 60, entries: 1000 },
  fees: { maxFeeGwei: 30.5, maxPriorityFeeGwei: 2, dailyBudget: '0.01' },
};

function chainsOf(list: unknown, variables: Record<string, string> = {}) {
  const CHAINS_FILE = written('chains.json', typeof list === 'string' ? list : JSON.stringify(list));
  return readEnvironment({ CHAINS_FILE, ...variables }).chains;
}

function problemsOf(list: unknown, variables: Record<string, string> = {}): string[] {
  try {
    chainsOf(list, variables);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    expect(error.message).not.toContain('hush');
    expect(error.message).not.toContain(KEY);
    return error.problems.map(({ name, expected, got }) => `${name}: ${expected}; ${got}`);
  }
}

describe('the chains file', () => {
  it('gives every chain its own rule, schedule, fees and key', () => {
    const rollup = {
      ...sepolia,
      ...{ name: 'rollup', chainId: 10, rpc: ['https://one.example'], signer: { type: 'key', variable: 'ROLLUP_KEY' } },
      ...{
        finality: { blocks: 12 },
        schedule: { everySeconds: 90 },
        fees: { maxFeeGwei: '0.5' },
        overdueAfterMinutes: 30,
      },
    };
    const [first, second] = chainsOf([sepolia, rollup], { ROLLUP_KEY: KEY });
    expect(first).toMatchObject({
      ...{ name: 'sepolia', chainId: 11155111, finality: 'finalized', agreement: 2, embedded: false },
      schedule: { everyMs: 3_600_000, entries: 1000 },
      fees: { maxFee: 30_500_000_000n, maxPriorityFee: 2_000_000_000n, dailyBudget: 10n ** 16n, bumpPercent: 12.5 },
      signer: { type: 'key', key: `0x${KEY}` },
    });
    expect(second).toMatchObject({
      ...{ finality: { blocks: 12 }, agreement: 1, overdueAfterMs: 1_800_000 },
      schedule: { everyMs: 90_000, entries: 100_000 },
      fees: { maxFee: 500_000_000n, maxPriorityFee: undefined, dailyBudget: undefined },
      signer: { type: 'key', key: KEY },
    });
  });

  it('names all that is wrong at once, with its path and without secrets', () => {
    const broken = [
      { ...sepolia, rpc: ['ftp://user:hush@one.example'], chainId: '1', agreement: 9 },
      { ...sepolia, signer: { type: 'key', file: '/no/such/file', key: KEY }, finality: 'safe', surprise: 1 },
    ];
    const found = problemsOf(broken).join('\n');
    expect(found).toContain('CHAINS_FILE[0].rpc[0]: an http or https URL; a value that is not shown');
    expect(found).toContain('CHAINS_FILE[0].chainId: an EIP-155 chain id; "1"');
    expect(found).toContain('CHAINS_FILE[1].signer.file: the path of a file that can be read; "/no/such/file"');
    expect(found).toContain('CHAINS_FILE[1].signer: no member key; an object');
    expect(found).toContain('CHAINS_FILE[1].finality: "finalized" or { "blocks": n }; "safe"');
    expect(found).toContain('CHAINS_FILE[1]: no member surprise; an object');
  });

  it.each<[string, unknown]>([
    ['CHAINS_FILE[0].agreement: at most the 2 URLs of rpc; 3', [{ ...sepolia, agreement: 3 }]],
    ['CHAINS_FILE[0].schedule: either everyMinutes or everySeconds; an object', [{ ...sepolia, schedule: {} }]],
    [
      'CHAINS_FILE[0].overdueAfterMinutes: more than the time between two anchors; 60',
      [{ ...sepolia, overdueAfterMinutes: 60 }],
    ],
    ['CHAINS_FILE[0].fees.bumpPercent: at least 12.5; 10', [{ ...sepolia, fees: { maxFeeGwei: 1, bumpPercent: 10 } }]],
    ['CHAINS_FILE[1].name: one that no other chain has; "sepolia"', [sepolia, sepolia]],
    [
      'CHAINS_FILE[0].signer: a private key there: 64 hex digits, with or without 0x; nothing',
      [{ ...sepolia, signer: { type: 'key', variable: 'NOT_THERE' } }],
    ],
    [
      'CHAINS_FILE[0].signer: a private key there: 64 hex digits, with or without 0x; nothing',
      [{ ...sepolia, signer: { type: 'key', file: folder } }],
    ],
    ...[1e-7, 1e-10, 0.1234567891, 1e9, 0, -1, '0'].map((maxFeeGwei): [string, unknown] => [
      `CHAINS_FILE[0].fees.maxFeeGwei: the most to pay for a unit of gas, in gwei, of at least 1 wei; ${JSON.stringify(maxFeeGwei)}`,
      [{ ...sepolia, fees: { maxFeeGwei } }],
    ]),
    ['CHAINS_FILE: a list of chains; an object', { chains: [] }],
    ['CHAINS_FILE: the path of a JSON file; something else', '{ hush'],
  ])('says %s', (problem, list) => {
    expect(problemsOf(list)).toContain(problem);
  });

  it('is nothing beside the variables of one chain', () => {
    const found = problemsOf([sepolia], { CHAIN_RPC_URL: 'https://one.example', CHAIN_PRIVATE_KEY: KEY });
    expect(found).toContain('CHAIN_RPC_URL: nothing, because CHAINS_FILE is set; a value');
  });
});

describe('the chains of a process', () => {
  it('are the embedded one without any setting, with several nodes where several URLs are given', () => {
    expect(readEnvironment({}).chains).toMatchObject([{ name: 'embedded', embedded: true, agreement: 1 }]);
    const [main] = readEnvironment({ CHAIN_RPC_URL: 'http://a, http://b,http://c', CHAIN_PRIVATE_KEY: KEY }).chains;
    expect(main).toMatchObject({ rpc: ['http://a', 'http://b', 'http://c'], agreement: 2, chainId: undefined });
  });

  it('are none where it only answers requests: no key and no file is asked for', () => {
    const api = { HALISI_ROLE: 'api' };
    expect(readEnvironment({ ...api, CHAIN_RPC_URL: 'http://a' }).chains).toEqual([]);
    expect(readEnvironment({ ...api, CHAINS_FILE: '/no/such/file' }).chains).toEqual([]);
  });
});
