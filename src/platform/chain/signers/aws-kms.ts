import { AwsClient } from 'aws4fetch';
import { DomainError } from '../../../domain/errors.js';
import type { KmsKey } from './kms-signer.js';

/** Where the key is and who may use it. */
export interface AwsKmsOptions {
  /** Key id, alias or ARN. */
  readonly keyId: string;
  readonly region: string;
  /** Another endpoint than AWS's own of the region. */
  readonly endpoint?: string | undefined;
  readonly credentials: AwsCredentials;
  readonly timeoutMs?: number;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** KMS refused, or did not answer, after three tries of what may be tried again. */
export class KmsError extends DomainError<'KMS_FAILED'> {
  override readonly name = 'KmsError';
}

const TRIES = 3;

/** An `ECC_SECG_P256K1` key in AWS KMS, over its JSON protocol with Signature Version 4. Throws KmsError. */
export function awsKmsKey(options: AwsKmsOptions): KmsKey {
  const { keyId: KeyId, region } = options;
  const endpoint = options.endpoint ?? `https://kms.${region}.amazonaws.com/`;
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  const session = sessionToken === undefined ? {} : { sessionToken };
  const client = new AwsClient({ accessKeyId, secretAccessKey, ...session, region, service: 'kms', retries: 0 });

  const once = async (operation: string, input: object): Promise<Response> =>
    client.fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(options.timeoutMs ?? 5000),
    });

  const call = async (operation: string, input: object, member: string): Promise<Uint8Array> => {
    for (let attempt = 1; ; attempt++) {
      const { value, failure, final } = await answered(() => once(operation, input), member);
      if (value !== undefined) return value;
      if (final || attempt === TRIES) throw new KmsError('KMS_FAILED', `${operation}: ${failure}`);
      await new Promise((wake) => setTimeout(wake, 100 * 2 ** attempt * Math.random()));
    }
  };

  return {
    publicKey: () => call('GetPublicKey', { KeyId }, 'PublicKey'),
    sign: (digest) =>
      call(
        'Sign',
        { KeyId, Message: base64(digest), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' },
        'Signature',
      ),
  };
}

interface Answer {
  readonly value?: Uint8Array;
  readonly failure?: string;
  /** Trying again would change nothing. */
  readonly final?: boolean;
}

async function answered(work: () => Promise<Response>, member: string): Promise<Answer> {
  try {
    const response = await work();
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const value = body[member];
    if (response.ok && typeof value === 'string') return { value: Buffer.from(value, 'base64') };
    const type = String(body['__type'] ?? `status ${response.status}`);
    return { failure: type, final: response.status < 500 && !/throttl|limit/i.test(type) && response.status !== 429 };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
