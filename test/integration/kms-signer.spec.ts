import { createServer, type Server } from 'node:http';
import { Transaction } from 'ethers';
import { awsKmsKey } from '../../src/platform/chain/signers/aws-kms.js';
import { FakeKms } from '../support/fake-kms.js';
import { addressOf, kmsSigner } from '../../src/platform/chain/signers/kms-signer.js';
import { localSigner } from '../../src/platform/chain/signers/local-signer.js';

const unsigned = {
  ...{ type: 2, chainId: 1, nonce: 7, to: `0x${'12'.repeat(20)}`, value: 0n, data: '0x1234', gasLimit: 80_000n },
  ...{ maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 10n ** 8n },
};

describe('a KMS signer', () => {
  it('knows its address from the public key, as a key at hand would', async () => {
    const kms = new FakeKms();
    expect((await kmsSigner(kms)).address).toBe(localSigner(kms.privateKey).address);
  });

  it('gives a transaction that recovers to its address, whichever s the service chose', async () => {
    const kms = new FakeKms();
    const signer = await kmsSigner(kms);
    for (const nonce of Array(40).keys()) {
      const transaction = Transaction.from(await signer.sign({ ...unsigned, nonce }));
      expect(transaction.from).toBe(signer.address);
      expect(transaction.nonce).toBe(nonce);
      expect(BigInt(transaction.signature!.s) <= HALF_ORDER).toBe(true);
    }
    expect(kms.highS).toBeGreaterThan(5);
    expect(kms.highS).toBeLessThan(35);
  });

  it('refuses keys of another curve, and signatures that are not its own', async () => {
    expect(() => addressOf(FakeKms.otherCurve())).toThrow('expected curve secp256k1, got P-256');
    const [kms, other] = [new FakeKms(), new FakeKms()];
    const forged = { publicKey: () => kms.publicKey(), sign: (digest: Uint8Array) => other.sign(digest) };
    await expect((await kmsSigner(forged)).sign(unsigned)).rejects.toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
    const garbled = { publicKey: () => kms.publicKey(), sign: () => Promise.resolve(new Uint8Array(9)) };
    await expect((await kmsSigner(garbled)).sign(unsigned)).rejects.toThrow('malformed');
  });
});

describe('AWS KMS', () => {
  const requests: { target: string; authorization: string; body: Record<string, string> }[] = [];
  const kms = new FakeKms();
  let failures: { status: number; type: string }[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on(
        'end',
        () =>
          void answer(text, request.headers as Record<string, string>).then(({ status, body }) => {
            response.writeHead(status).end(JSON.stringify(body));
          }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => void requests.splice(0));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function answer(text: string, headers: Record<string, string>) {
    const target = headers['x-amz-target']!;
    const body = JSON.parse(text) as Record<string, string>;
    requests.push({ target, authorization: headers['authorization']!, body });
    const failure = failures.shift();
    if (failure !== undefined) return { status: failure.status, body: { __type: failure.type } };
    const base64 = async (work: Promise<Uint8Array>) => Buffer.from(await work).toString('base64');
    if (target.endsWith('GetPublicKey')) return { status: 200, body: { PublicKey: await base64(kms.publicKey()) } };
    return { status: 200, body: { Signature: await base64(kms.sign(Buffer.from(body['Message']!, 'base64'))) } };
  }

  const key = () => {
    const { port } = server.address() as { port: number };
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
    return awsKmsKey({
      keyId: 'alias/anchor',
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${port}/`,
      credentials,
    });
  };

  it('is asked for digests to sign, with signed requests', async () => {
    const signer = await kmsSigner(key());
    expect(Transaction.from(await signer.sign(unsigned)).from).toBe(signer.address);
    expect(requests.map(({ target }) => target)).toEqual(['TrentService.GetPublicKey', 'TrentService.Sign']);
    expect(requests[1]!.body).toMatchObject({
      KeyId: 'alias/anchor',
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    expect(requests[1]!.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/kms\/aws4_request, SignedHeaders=.*x-amz-target.*, Signature=[0-9a-f]{64}$/,
    );
  });

  it('is asked again when it is throttled or fails, and given up when it refuses', async () => {
    failures = [
      { status: 400, type: 'ThrottlingException' },
      { status: 500, type: 'KMSInternalException' },
    ];
    const signer = await kmsSigner(key());
    expect(requests).toHaveLength(3);
    failures = [{ status: 400, type: 'AccessDeniedException' }];
    await expect(signer.sign(unsigned)).rejects.toThrow('AccessDeniedException');
    expect(requests).toHaveLength(4);
  });
});

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
