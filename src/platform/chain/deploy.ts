import { setTimeout as delay } from 'node:timers/promises';
import { type Provider, type Signer, Transaction, concat, keccak256 } from 'ethers';
import { DomainError } from '../../domain/errors.js';
import {
  checkpointAnchorAddress as address,
  checkpointAnchorBytecode,
  checkpointAnchorRuntimeHash,
  checkpointAnchorSalt,
  deploymentProxy,
} from './generated/checkpoint-anchor.js';

/**
 * The deployment of the deterministic deployment proxy, signed before chain ids were (EIP-155) by a key that nobody
 * has, so that anybody can send it to any chain: github.com/Arachnid/deterministic-deployment-proxy.
 */
const PROXY_TRANSACTION = Transaction.from(
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe036' +
    '01600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a0' +
    '2222222222222222222222222222222222222222222222222222222222222222',
);

/**
 * Why the contract could not be deployed: the chain takes no deployment proxy, the deployment did not leave the
 * contract, or other code is at its address (a chain whose EVM differs).
 */
export class ContractDeployError extends DomainError<
  'CHAIN_PROXY_ABSENT' | 'CHAIN_DEPLOY_FAILED' | 'CHAIN_CODE_DIFFERS'
> {
  override readonly name = 'ContractDeployError';
}

/** Where CheckpointAnchor is on every chain: CREATE2 of the deployment proxy, our salt and our bytecode. */
export const checkpointAnchorAddress = (): string => address;

/** How long to wait for code that another process may be deploying: blocks that pass, and milliseconds at most. */
export interface Patience {
  readonly blocks: number;
  readonly milliseconds: number;
}

const PATIENCE: Patience = { blocks: 5, milliseconds: 30_000 };
const LOOK_EVERY_MS = 100;

/**
 * Deploys CheckpointAnchor where it is not there yet, and answers its address. It may run twice at once and again, by
 * one key or by several. The signer pays; on a chain without the deployment proxy it pays for that too (0.01 of the
 * chain's coin). Throws ContractDeployError.
 */
export async function deployCheckpointAnchor(signer: Signer, patience = PATIENCE): Promise<string> {
  const provider = providerOf(signer);
  if (await isDeployed(provider)) return address;
  // One that waits may be our deployment of a moment ago: another one would be paid for too.
  if (await waits(signer, provider)) {
    if (await comes(provider, patience, () => isDeployed(provider))) return address;
    if (await waits(signer, provider)) {
      const why = `a transaction of ${await signer.getAddress()} still waits for a block: wait, or replace it at its nonce`;
      throw new ContractDeployError('CHAIN_DEPLOY_FAILED', `No contract at ${address} yet: ${why}.`);
    }
  }
  await ensureProxy(signer, provider, patience);
  const failure = await attempt(async () => {
    const sent = await signer.sendTransaction({
      to: deploymentProxy,
      data: concat([checkpointAnchorSalt, checkpointAnchorBytecode]),
    });
    await sent.wait(1, patience.milliseconds);
  });
  // Another process may have been first, which makes our own transaction fail, even before theirs is in a block.
  if (await comes(provider, patience, () => isDeployed(provider))) return address;
  throw new ContractDeployError(
    'CHAIN_DEPLOY_FAILED',
    `No contract at ${address} after its deployment: ${failure ?? 'the transaction went through'}.`,
  );
}

async function isDeployed(provider: Provider): Promise<boolean> {
  const code = await provider.getCode(address);
  if (code === '0x') return false;
  const found = keccak256(code);
  if (found === checkpointAnchorRuntimeHash) return true;
  throw new ContractDeployError(
    'CHAIN_CODE_DIFFERS',
    `The code at ${address} hashes to ${found}, expected ${checkpointAnchorRuntimeHash}.`,
    { address, found, expected: checkpointAnchorRuntimeHash },
  );
}

/** A transaction of the signer is in no block yet. */
async function waits(signer: Signer, provider: Provider): Promise<boolean> {
  const of = await signer.getAddress();
  const [sent, mined] = await Promise.all([
    provider.getTransactionCount(of, 'pending'),
    provider.getTransactionCount(of, 'latest'),
  ]);
  return sent > mined;
}

async function ensureProxy(signer: Signer, provider: Provider, patience: Patience): Promise<void> {
  const isThere = async () => (await provider.getCode(deploymentProxy)) !== '0x';
  if (await isThere()) return;
  const failure = await attempt(async () => {
    const from = PROXY_TRANSACTION.from!;
    const missing = PROXY_TRANSACTION.gasPrice! * PROXY_TRANSACTION.gasLimit - (await provider.getBalance(from));
    const { milliseconds } = patience;
    if (missing > 0n) await (await signer.sendTransaction({ to: from, value: missing })).wait(1, milliseconds);
    await (await provider.broadcastTransaction(PROXY_TRANSACTION.serialized)).wait(1, milliseconds);
  });
  if (await comes(provider, patience, isThere)) return;
  throw new ContractDeployError(
    'CHAIN_PROXY_ABSENT',
    `The chain has no deployment proxy at ${deploymentProxy} and takes none: ${failure ?? 'it left no code'}.`,
  );
}

/** Whether something is there, or is before the blocks or the time to wait for it have passed. */
async function comes(provider: Provider, patience: Patience, isThere: () => Promise<boolean>): Promise<boolean> {
  const lastBlock = (await provider.getBlockNumber()) + patience.blocks;
  const until = Date.now() + patience.milliseconds;
  for (;;) {
    const block = await provider.getBlockNumber();
    if (await isThere()) return true;
    if (block >= lastBlock || Date.now() >= until) return false;
    await delay(LOOK_EVERY_MS);
  }
}

/** Does something whose failure only matters if its effect is missing; answers the failure's message. */
async function attempt(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function providerOf(signer: Signer): Provider {
  if (signer.provider !== null) return signer.provider;
  throw new TypeError('A signer that deploys needs a provider.');
}
