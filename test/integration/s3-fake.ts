import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export const S3_KEYS = {
  accessKeyId: 'AKIAEXAMPLE0000',
  secretAccessKey: 'wJalr/XUtnFEMI+K7MDENG',
  region: 'eu-central-1',
};

/** What the store does with a request instead of serving it. */
export type Trouble = 'slow-down' | 'internal-error' | 'silence' | 'cut';

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
}

/** A store that checks signatures as AWS does (Signature Version 4, from its own documentation) and fails as it is told. */
export class S3Fake {
  readonly objects = new Map<string, StoredObject>();
  /** Method and key of every request whose signature was good, in the order of their answers. */
  readonly requests: string[] = [];
  readonly refusals: string[] = [];
  /** Asked for each good request. */
  trouble: (method: string, key: string) => Trouble | undefined = () => undefined;
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private open = 0;
  /** Most requests that were under way at once. */
  busiest = 0;

  constructor(
    readonly bucket: string,
    private readonly keys = S3_KEYS,
  ) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open += 1;
    this.busiest = Math.max(this.busiest, this.open);
    response.once('close', () => (this.open -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    await delay(2);
    const refusal = this.refusalOf(request, body);
    if (refusal !== undefined) {
      this.refusals.push(refusal);
      return error(response, 403, refusal);
    }
    const [, bucket, ...key] = decodeURIComponent(request.url ?? '').split('/');
    if (bucket !== this.bucket) return error(response, 404, 'NoSuchBucket');
    this.serve(request, response, key.join('/'), body);
  }

  private serve(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const method = request.method ?? '';
    const trouble = this.trouble(method, key);
    if (trouble === 'silence') return;
    if (trouble === 'cut') return void request.socket.destroy();
    if (trouble === 'slow-down') return error(response, 503, 'SlowDown');
    if (trouble === 'internal-error') return error(response, 500, 'InternalError');
    this.requests.push(`${method} ${key}`);
    if (method === 'PUT') {
      const { 'content-type': contentType, 'cache-control': cacheControl } = request.headers;
      this.objects.set(key, { bytes: body, contentType, cacheControl });
      return void response.writeHead(200).end();
    }
    const found = this.objects.get(key);
    if (found === undefined) return error(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'content-type': found.contentType ?? 'binary/octet-stream' }).end(found.bytes);
  }

  /** The code of the refusal; undefined for a request that is signed with our keys, over what came. */
  private refusalOf(request: IncomingMessage, body: Buffer): string | undefined {
    const header = request.headers.authorization ?? '';
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        header,
      );
    if (parts === null) return 'AccessDenied';
    const [, keyId, day, region, signed, signature] = parts as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const time = String(request.headers['x-amz-date']);
    const hash = String(request.headers['x-amz-content-sha256']);
    if (keyId !== this.keys.accessKeyId) return 'InvalidAccessKeyId';
    if (region !== this.keys.region) return 'AuthorizationHeaderMalformed';
    if (!time.startsWith(day) || Math.abs(Date.now() - timeOf(time)) > 900_000) return 'RequestTimeTooSkewed';
    if (hash !== sha256(body)) return 'XAmzContentSHA256Mismatch';
    const names = signed.split(';');
    if (!['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => names.includes(name))) return 'AccessDenied';
    const headers = names
      .map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}\n`)
      .join('');
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const canonical = [request.method, path, query, headers, signed, hash].join('\n');
    const scope = `${day}/${region}/s3/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
    const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
      (from, part) => createHmac('sha256', from).update(part).digest(),
      `AWS4${this.keys.secretAccessKey}`,
    );
    const expected = createHmac('sha256', key).update(toSign).digest();
    return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch';
  }
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** `20261122T214800Z`. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function error(response: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code} it is.</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}
