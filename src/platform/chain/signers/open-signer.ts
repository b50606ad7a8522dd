import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SignerSettings } from '../../config/chain-settings.js';
import { type AwsCredentials, awsKmsKey } from './aws-kms.js';
import { kmsSigner } from './kms-signer.js';
import { keystoreSigner, localSigner } from './local-signer.js';
import { SignerError, type TransactionSigner } from './signer.js';

const credentials = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
});

/** The signer that is configured. Throws SignerError where its key cannot be had now. */
export async function openSigner(settings: Exclude<SignerSettings, { type: 'embedded' }>): Promise<TransactionSigner> {
  switch (settings.type) {
    case 'key':
      return localSigner(settings.key);
    case 'keystore':
      return keystoreSigner(settings.file, settings.passwordFile);
    case 'kms': {
      const { keyId, region, endpoint, credentialsFile } = settings;
      // Credentials of a session are renewed in their file: read again each time.
      const key = async () =>
        awsKmsKey({ keyId, region, endpoint, credentials: await readCredentials(credentialsFile) });
      return kmsSigner({
        publicKey: async () => (await key()).publicKey(),
        sign: async (digest) => (await key()).sign(digest),
      });
    }
  }
}

async function readCredentials(file: string): Promise<AwsCredentials> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return credentials.parse(JSON.parse(text));
  } catch {
    const message = `Expected a JSON file with accessKeyId and secretAccessKey at ${file}.`;
    throw new SignerError('SIGNER_UNAVAILABLE', message);
  }
}
