import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transaction, Wallet, encryptKeystoreJsonSync } from 'ethers';
import { openSigner } from './open-signer.js';

const folder = mkdtempSync(join(tmpdir(), 'halisi-signers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wallet = Wallet.createRandom();
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const file = written(
  'keystore.json',
  encryptKeystoreJsonSync({ address: wallet.address, privateKey: wallet.privateKey }, 'open sesame', {
    scrypt: { N: 2 },
  }),
);
const unsigned = { type: 2, chainId: 5, nonce: 1, to: wallet.address, gasLimit: 21_000n, maxFeePerGas: 9n };

describe('a configured signer', () => {
  it('signs with a key, with and without 0x', async () => {
    for (const key of [wallet.privateKey, wallet.privateKey.slice(2)]) {
      const signer = await openSigner({ type: 'key', key });
      expect(signer.address).toBe(wallet.address);
      expect(Transaction.from(await signer.sign(unsigned)).from).toBe(wallet.address);
    }
  });

  it('opens a keystore with the password of a file', async () => {
    const passwordFile = written('password', 'open sesame\n');
    const signer = await openSigner({ type: 'keystore', file, passwordFile });
    expect(Transaction.from(await signer.sign(unsigned)).from).toBe(wallet.address);
  });

  it('is not available with a wrong password, or without its credentials', async () => {
    const passwordFile = written('wrong', 'sesame');
    const unavailable = { code: 'SIGNER_UNAVAILABLE' };
    await expect(openSigner({ type: 'keystore', file, passwordFile })).rejects.toMatchObject(unavailable);
    const kms = { type: 'kms', keyId: 'k', region: 'eu-west-1', endpoint: undefined } as const;
    const credentialsFile = written('credentials.json', '{"accessKeyId":"hush"}');
    const opening = openSigner({ ...kms, credentialsFile });
    await expect(opening).rejects.toMatchObject(unavailable);
    await expect(opening).rejects.not.toThrow('hush');
  });
});
