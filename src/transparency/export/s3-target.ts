import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { ExportError, ExportTarget, type FileHeaders } from './export-target.js';

/** Who signs, and where the store is. */
export interface S3Access {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
  /** Another store than AWS's own: `https://host[:port]`; buckets are then the first part of the path. */
  readonly endpoint?: string | undefined;
}

export interface S3Patience {
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Before the second attempt; doubles with each, halved at random. */
  readonly pauseMs: number;
}

const PATIENCE: S3Patience = { timeoutMs: 30_000, attempts: 6, pauseMs: 200 };
const LONGEST_PAUSE_MS = 20_000;

/** An S3-compatible store, asked with Signature Version 4. */
export class S3Target extends ExportTarget {
  readonly parallel = 24;
  readonly place: string;
  private readonly base: string;
  private readonly client: AwsClient;
  private readonly stop = new AbortController();

  constructor(
    bucket: string,
    /** Without slashes at its ends; may be empty. */
    prefix: string,
    access: S3Access,
    private readonly patience = PATIENCE,
  ) {
    super();
    const { endpoint, region } = access;
    const root =
      endpoint === undefined
        ? `https://${bucket}.s3.${region}.amazonaws.com`
        : `${endpoint.replace(/\/+$/, '')}/${bucket}`;
    this.base = prefix === '' ? root : `${root}/${prefix}`;
    this.place = `s3://${[bucket, prefix].filter(Boolean).join('/')}`;
    // Retries are ours: its own know nothing of a broken connection or of a time-out.
    this.client = new AwsClient({ ...access, sessionToken: access.sessionToken ?? '', service: 's3', retries: 0 });
  }

  async read(path: string): Promise<Uint8Array | null> {
    const answer = await this.send('GET', path);
    return answer.status === 404 ? null : answer.body;
  }

  async write(path: string, bytes: Uint8Array, { contentType, cacheControl }: FileHeaders): Promise<void> {
    await this.send('PUT', path, bytes, { 'content-type': contentType, 'cache-control': cacheControl });
  }

  /** The store answers once an object is durable. */
  async settle(): Promise<void> {}

  override close(): void {
    this.stop.abort();
  }

  /** Asks until there is an answer that another attempt would not change. */
  private async send(
    method: string,
    path: string,
    body?: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { attempts, pauseMs } = this.patience;
    let why = '';
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await this.pause(Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** (attempt - 1)));
      if (this.stop.signal.aborted) throw new ExportError('EXPORT_STORE_FAILED', `${method} ${path} was given up.`);
      const answer = await this.attempt(method, path, body, headers);
      if (typeof answer === 'string') why = answer;
      else if (answer.status < 300 || (answer.status === 404 && method === 'GET' && !isNoBucket(answer))) return answer;
      else if (!isPassing(answer.status)) throw refused(method, path, answer);
      else why = words(answer);
    }
    throw new ExportError('EXPORT_STORE_FAILED', `${method} ${path} failed ${attempts} times, at last with: ${why}.`);
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.stop;
    await delay(ms * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }

  /** The answer, or in words why there is none. */
  private async attempt(
    method: string,
    path: string,
    body: Uint8Array | undefined,
    headers: Record<string, string>,
  ): Promise<Answer | string> {
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    try {
      const signed = await this.client.sign(`${this.base}/${path}`, {
        method,
        headers: { ...headers, 'x-amz-content-sha256': hash },
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
      });
      const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(this.patience.timeoutMs)]);
      const answer = await fetch(signed, { signal, redirect: 'error' });
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? `${message}: ${cause.message}` : message;
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** A store that has no such bucket answers 404 too, and an export must not begin anew because of it. */
const isNoBucket = ({ body }: Answer): boolean => Buffer.from(body).includes('NoSuchBucket');

/** Stores answer with XML; its code and message are what helps. */
function words({ status, body }: Answer): string {
  const text = Buffer.from(body.subarray(0, 4000)).toString();
  const [, code] = /<Code>([^<]{1,200})<\/Code>/.exec(text) ?? [];
  const [, message] = /<Message>([^<]{1,500})<\/Message>/.exec(text) ?? [];
  return [status, code, message].filter((part) => part !== undefined).join(' ');
}

const refused = (method: string, path: string, answer: Answer): ExportError =>
  new ExportError('EXPORT_STORE_REFUSED', `The store refused ${method} ${path}: ${words(answer)}.`, {
    status: answer.status,
  });
