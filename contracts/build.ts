import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getCreate2Address, id, keccak256, type JsonFragment } from 'ethers';
import solc from 'solc';

const HERE = import.meta.dirname;
const SOURCE = 'CheckpointAnchor.sol';
const CONTRACT = 'CheckpointAnchor';

/**
 * Everything that decides the bytecode, and with it the address. `paris` has no PUSH0, so every chain runs it; without
 * metadata the bytecode depends on the code alone and not on comments or file names.
 */
const SETTINGS = {
  evmVersion: 'paris',
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: false,
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
} as const;

/** github.com/Arachnid/deterministic-deployment-proxy: the same address on every chain that has it. */
const PROXY = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const SALT = id('halisi CheckpointAnchor 1');

/** What is committed: enough to deploy, to call and to check the published source. */
export interface ContractArtifact {
  readonly contract: string;
  readonly compiler: string;
  readonly settings: typeof SETTINGS;
  readonly deployment: { readonly proxy: string; readonly salt: string; readonly address: string };
  readonly deployedBytecodeHash: string;
  readonly bytecode: string;
  readonly abi: readonly JsonFragment[];
}

interface SolcOutput {
  errors?: { formattedMessage: string }[];
  contracts: Record<string, Record<string, SolcContract>>;
}

interface SolcContract {
  readonly abi: JsonFragment[];
  readonly evm: Readonly<Record<'bytecode' | 'deployedBytecode', { readonly object: string }>>;
  /** Natspec, as solc tells it. */
  readonly userdoc: object;
  readonly devdoc: object;
}

/** What solc is given: its standard JSON input, which block explorers take as the verified source. */
function standardInput(): object {
  return {
    language: 'Solidity',
    sources: { [SOURCE]: { content: readFileSync(join(HERE, SOURCE), 'utf8') } },
    settings: {
      ...SETTINGS,
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
}

/** Runs solc; throws on any error or warning. */
export function runSolc(input: object): SolcContract {
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const problems = (output.errors ?? []).map(({ formattedMessage }) => formattedMessage);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return output.contracts[SOURCE]![CONTRACT]!;
}

/** Compiles the contract; throws on any error or warning of the compiler. */
export function compile(): ContractArtifact {
  const { abi, evm } = runSolc(standardInput());
  const bytecode = `0x${evm.bytecode.object}`;
  return {
    contract: CONTRACT,
    compiler: solc.version(),
    settings: SETTINGS,
    deployment: { proxy: PROXY, salt: SALT, address: getCreate2Address(PROXY, SALT, keccak256(bytecode)) },
    deployedBytecodeHash: keccak256(`0x${evm.deployedBytecode.object}`),
    bytecode,
    abi,
  };
}

/** The generated files and what belongs in them, by path. */
export function generatedFiles(artifact: ContractArtifact): Map<string, string> {
  return new Map([
    [join(HERE, 'abi', `${CONTRACT}.json`), json(artifact)],
    [join(HERE, '../src/platform/chain/generated/checkpoint-anchor.ts'), moduleText(artifact)],
    [join(HERE, 'verify/standard-input.json'), json(standardInput())],
    [join(HERE, 'verify/compiler.json'), json(verificationOf(artifact))],
    [join(HERE, 'deployments/any.json'), json(predictionOf(artifact))],
  ]);
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** What a block explorer asks for beside standard-input.json. */
const verificationOf = ({ compiler }: ContractArtifact): object => ({
  contract: `${SOURCE}:${CONTRACT}`,
  compiler: `v${compiler.replace(/\.Emscripten.*$/, '')}`,
  input: 'standard-input.json',
  constructorArguments: '0x',
});

/** The deployment record of a chain on which nobody has deployed yet (docs/operations/contract.md). */
const predictionOf = ({ contract, deployment, bytecode, deployedBytecodeHash }: ContractArtifact): object => ({
  chainId: null,
  chain: 'any EVM chain',
  contract,
  address: deployment.address,
  proxy: deployment.proxy,
  salt: deployment.salt,
  bytecodeHash: keccak256(bytecode),
  runtimeCodeHash: deployedBytecodeHash,
  status: 'predicted',
  transaction: null,
  block: null,
});

function moduleText({ abi, bytecode, deployedBytecodeHash, deployment }: ContractArtifact): string {
  const constants = {
    checkpointAnchorAbi: abi,
    checkpointAnchorBytecode: bytecode,
    checkpointAnchorRuntimeHash: deployedBytecodeHash,
    checkpointAnchorSalt: deployment.salt,
    deploymentProxy: deployment.proxy,
    checkpointAnchorAddress: deployment.address,
  };
  const lines = Object.entries(constants).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value, null, 2)} as const;\n`,
  );
  return `// Written by contracts/build.ts (npm run contracts:build).\n\n${lines.join('\n')}`;
}

if (import.meta.main) {
  for (const [path, text] of generatedFiles(compile())) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
