import { Interface, hexlify } from 'ethers';
import { checkpointAnchorAbi } from '../../platform/chain/generated/checkpoint-anchor.js';
import { RpcError } from '../../platform/chain/rpc.js';
import { type AnchorCall, AnchorRefusedError, type ChainHead } from './chain-port.js';

/** CheckpointAnchor's interface, encoded and decoded. */
export const anchorContract = new Interface(checkpointAnchorAbi);

/** The head of a log that was never anchored. */
export const NEVER: ChainHead = { size: 0, root: `0x${'0'.repeat(64)}`, publisher: `0x${'0'.repeat(40)}` };

export function anchorData({ logId, size, root, proof }: AnchorCall): string {
  return anchorContract.encodeFunctionData('anchor', [logId, size, hexlify(root), proof.map((hash) => hexlify(hash))]);
}

export const headsData = (logId: string): string => anchorContract.encodeFunctionData('heads', [logId]);

/** What `heads` answered; null where no contract answered. Throws RpcError for anything else. */
export function readHead(answer: unknown): ChainHead | null {
  if (answer === '0x') return null;
  try {
    const head = anchorContract.decodeFunctionResult('heads', String(answer));
    const publisher = String(head['publisher']).toLowerCase();
    return { size: Number(head['size']), root: String(head['root']), publisher };
  } catch {
    throw new RpcError('RPC_MALFORMED', 'eth_call: expected the head of a log, got something else.');
  }
}

/** The contract's own error behind a refused call; undefined where it gave none. */
export function refusalOf(error: unknown): AnchorRefusedError | undefined {
  if (!(error instanceof RpcError) || error.data === undefined) return undefined;
  const parsed = anchorContract.parseError(error.data);
  if (parsed === null) return undefined;
  const args = parsed.args.map(String).join(', ');
  return new AnchorRefusedError(`The contract refuses the anchor: ${parsed.name}(${args}).`, { cause: error });
}
