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
  contracts: Record<
    string,
    Record<string, { abi: JsonFragment[]; evm: Record<'bytecode' | 'deployedBytecode', { object: string }> }>
  >;
}

/** Compiles the contract; throws on any error or warning of the compiler. */
export function compile(): ContractArtifact {
  const input = {
    language: 'Solidity',
    sources: { [SOURCE]: { content: readFileSync(join(HERE, SOURCE), 'utf8') } },
    settings: { ...SETTINGS, outputSelection: { '*': { '*': ['abi', 'evm.bytecode', 'evm.deployedBytecode'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const problems = (output.errors ?? []).map(({ formattedMessage }) => formattedMessage);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { abi, evm } = output.contracts[SOURCE]![CONTRACT]!;
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
    [join(HERE, 'abi', `${CONTRACT}.json`), `${JSON.stringify(artifact, null, 2)}\n`],
    [join(HERE, '../src/platform/chain/generated/checkpoint-anchor.ts'), moduleText(artifact)],
  ]);
}

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
