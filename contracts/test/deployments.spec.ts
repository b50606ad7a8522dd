import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCreate2Address, keccak256 } from 'ethers';
import {
  checkpointAnchorAddress,
  checkpointAnchorBytecode,
  checkpointAnchorRuntimeHash,
  checkpointAnchorSalt,
  deploymentProxy,
} from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { runSolc } from '../build.js';
import { type DeploymentRecord, deploy } from '../deploy.js';
import { type TestChain, startChain } from './anvil.js';

const CONTRACTS = join(import.meta.dirname, '..');
const json = (path: string): unknown => JSON.parse(readFileSync(join(CONTRACTS, path), 'utf8'));

describe('the source that explorers verify', () => {
  it('is compiled by itself to the very bytecode, and so to the address', () => {
    const { evm } = runSolc(json('verify/standard-input.json') as object);
    const bytecode = `0x${evm.bytecode.object}`;
    expect(bytecode).toBe(checkpointAnchorBytecode);
    expect(keccak256(`0x${evm.deployedBytecode.object}`)).toBe(checkpointAnchorRuntimeHash);
    const address = getCreate2Address(deploymentProxy, checkpointAnchorSalt, keccak256(bytecode));
    expect(address).toBe(checkpointAnchorAddress);
  });

  it('names the compiler that made it', () => {
    const { compiler } = json('abi/CheckpointAnchor.json') as { compiler: string };
    expect(json('verify/compiler.json')).toMatchObject({
      contract: 'CheckpointAnchor.sol:CheckpointAnchor',
      compiler: `v${compiler.split('.Emscripten')[0]}`,
    });
  });
});

interface Docs {
  readonly kind: string;
  readonly notice?: string;
  readonly methods: Record<string, { notice?: string; params?: object; returns?: object }>;
}

describe('natspec', () => {
  const input = json('verify/standard-input.json') as { settings: { outputSelection: object } };
  input.settings.outputSelection = { '*': { '*': ['abi', 'evm.bytecode.object', 'userdoc', 'devdoc'] } };
  const { abi, userdoc, devdoc } = runSolc(input);
  const user = userdoc as Docs & Record<'events', Docs['methods']> & Record<'errors', Record<string, object[]>>;
  const dev = devdoc as Docs &
    Record<'events', Docs['methods']> &
    Record<'errors', Record<string, { params?: object }[]>>;
  const GETTERS = ['heads', 'successors'];

  const signature = ({ name, inputs }: (typeof abi)[number]): string =>
    `${name ?? ''}(${(inputs ?? []).map(({ type }) => type).join(',')})`;

  it('says of every function, event and error what it is and what each parameter means', () => {
    const said = abi.map((item) => {
      const name = signature(item);
      const params = (item.inputs ?? []).map((input) => input.name ?? '');
      if (item.type === 'function' && GETTERS.includes(item.name ?? '')) return [name, user.methods[name]?.notice, []];
      const of = {
        function: [user.methods[name]?.notice, dev.methods[name]?.params],
        event: [user.events[name]?.notice, dev.events[name]?.params],
        error: [(user.errors[name]?.[0] as Docs | undefined)?.notice, dev.errors[name]?.[0]?.params],
      }[item.type as 'function' | 'event' | 'error'];
      return [name, of[0], params.filter((param) => !Object.keys(of[1] ?? {}).includes(param))];
    });
    expect(said).toEqual(abi.map((item) => [signature(item), expect.stringMatching(/./), []]));
  });

  it('says of every view what it answers', () => {
    const views = abi.filter(
      ({ name, stateMutability }) => stateMutability === 'view' && !GETTERS.includes(name ?? ''),
    );
    expect(views).toHaveLength(3);
    for (const view of views)
      expect([view.name, dev.methods[signature(view)]?.returns]).toEqual([view.name, expect.anything()]);
  });
});

describe('the deployment records', () => {
  const files = readdirSync(join(CONTRACTS, 'deployments'));

  it.each(files)('%s is of this contract', (file) => {
    const record = json(`deployments/${file}`) as DeploymentRecord;
    expect(record).toEqual({
      chainId: file === 'any.json' ? null : Number(file.replace('.json', '')),
      chain: expect.stringMatching(/./),
      contract: 'CheckpointAnchor',
      address: checkpointAnchorAddress,
      proxy: deploymentProxy,
      salt: checkpointAnchorSalt,
      bytecodeHash: keccak256(checkpointAnchorBytecode),
      runtimeCodeHash: checkpointAnchorRuntimeHash,
      status: file === 'any.json' ? 'predicted' : 'deployed',
      transaction: record.transaction === null ? null : expect.stringMatching(/^0x[0-9a-f]{64}$/),
      block: record.transaction === null ? null : expect.any(Number),
    });
  });
});

describe('npm run contracts:deploy', () => {
  let chain: TestChain;
  let folder: string;
  let said: string[];
  beforeEach(async () => {
    chain = await startChain();
    folder = mkdtempSync(join(tmpdir(), 'halisi-deployments-'));
    said = [];
  });
  afterEach(async () => {
    await chain.stop();
    rmSync(folder, { recursive: true });
  });

  const run = (dryRun: boolean, key: string | undefined = chain.wallet(0).privateKey) =>
    deploy({ url: chain.url, key, chain: 'a test', dryRun, folder, say: (line) => void said.push(line) });

  it('looks first, where it is asked to, and changes nothing', async () => {
    expect(await run(true)).toMatchObject({ chainId: 31337, status: 'predicted', transaction: null });
    expect(said.join('\n')).toMatch(
      /no contract at .*\n.*proxy .* is there\.\n.*less than 800000 gas.*\n.* has 10000\.0/s,
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(await chain.provider.getCode(checkpointAnchorAddress)).toBe('0x');
  });

  it('deploys, and writes down where and how', async () => {
    const record = await run(false);
    const written: unknown = JSON.parse(readFileSync(join(folder, '31337.json'), 'utf8'));
    expect(written).toEqual(record);
    expect(record).toMatchObject({ chain: 'a test', status: 'deployed', address: checkpointAnchorAddress });
    const receipt = await chain.provider.getTransactionReceipt(record.transaction!);
    expect(receipt).toMatchObject({ status: 1, to: deploymentProxy, blockNumber: record.block });
    expect(receipt!.gasUsed).toBeLessThan(800_000n);
  });

  it('finds it deployed without a key, and keeps what is known of how it came', async () => {
    const record = await run(false);
    expect(await run(false, undefined)).toEqual(record);
    expect(await run(true, undefined)).toEqual(record);
    rmSync(join(folder, '31337.json'));
    expect(await run(false, undefined)).toEqual({ ...record, transaction: null, block: null });
  });

  it('deploys nothing without a key, and over no other code', async () => {
    await expect(run(false, '')).rejects.toThrow();
    await expect(deploy({ url: chain.url, dryRun: false, folder, say: () => undefined })).rejects.toThrow('--key-file');
    await chain.provider.send('anvil_setCode', [checkpointAnchorAddress, '0x00']);
    await expect(run(true)).rejects.toMatchObject({ code: 'CHAIN_CODE_DIFFERS' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
