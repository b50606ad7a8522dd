import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transaction, VoidSigner } from 'ethers';
import { EthersSigner } from './ethers-adapter.js';
import { rpc } from './rpc.js';
import { localSigner } from './signers/local-signer.js';

describe('one JSON-RPC call', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });

  it('ends where a node sends without end, before the memory does', async () => {
    let sent = 0;
    server = createServer((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_048_576, 0x20))) sent += 1;
        sent += 1;
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(rpc(url, 'eth_chainId', [], 20_000)).rejects.toMatchObject({ code: 'RPC_MALFORMED' });
    expect(sent).toBeLessThan(64);
  });
});

describe('a signer for ethers', () => {
  it('offers no more for gas than it may, whatever a node suggested', async () => {
    const signer = localSigner('11'.repeat(32));
    const { provider } = new VoidSigner(signer.address);
    const capped = new EthersSigner(signer, provider!, 5n);
    const request = { chainId: 1, nonce: 0, gasLimit: 21_000n, to: signer.address };
    const { maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(
      await capped.signTransaction({ ...request, type: 2, maxFeePerGas: 9n, maxPriorityFeePerGas: 8n }),
    );
    expect([maxFeePerGas, maxPriorityFeePerGas]).toEqual([5n, 5n]);
    expect(Transaction.from(await capped.signTransaction({ ...request, type: 0, gasPrice: 9n })).gasPrice).toBe(5n);
    expect(Transaction.from(await capped.signTransaction({ ...request, type: 0, gasPrice: 3n })).gasPrice).toBe(3n);
  });
});
