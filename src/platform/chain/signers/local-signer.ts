import { readFile } from 'node:fs/promises';
import { Wallet } from 'ethers';
import { SignerError, type TransactionSigner } from './signer.js';

/** Signs with a private key in this process: 64 hex digits, with or without 0x. */
export function localSigner(privateKey: string): TransactionSigner {
  const wallet = new Wallet(privateKey.startsWith('0x') ? privateKey : `0x${privateKey}`);
  return { address: wallet.address, sign: (transaction) => wallet.signTransaction(transaction) };
}

/** Opens a Web3 Secret Storage file (scrypt: it takes a second or more). Throws SignerError. */
export async function keystoreSigner(file: string, passwordFile: string): Promise<TransactionSigner> {
  try {
    const [json, password] = await Promise.all([readFile(file, 'utf8'), readFile(passwordFile, 'utf8')]);
    const { privateKey } = await Wallet.fromEncryptedJson(json, password.trimEnd());
    return localSigner(privateKey);
  } catch (error) {
    throw new SignerError('SIGNER_UNAVAILABLE', `The keystore ${file} cannot be opened: ${(error as Error).message}`);
  }
}
