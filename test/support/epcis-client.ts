import { setTimeout as delay } from 'node:timers/promises';
import { EPCIS_CONTEXT_URL } from '../../src/domain/epcis/context.js';
import { tokenOf } from './sign-in.js';
import type { TestApp } from './start-app.js';

export type Json = Record<string, unknown>;
type Headers = Record<string, string>;

/** A capture job as JSON tells it. */
export interface Job {
  readonly captureID: string;
  readonly running: boolean;
  readonly success: boolean;
  readonly captureErrorBehaviour: string;
  readonly createdAt: string;
  readonly finishedAt?: string;
  readonly errors: readonly {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    details: Json;
  }[];
  readonly 'halisi:counts': Record<'events' | 'captured' | 'duplicates' | 'reported' | 'refused', number>;
}

/** Somebody's own EPCIS system, which speaks with one of our servers. */
export class EpcisClient {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async as(app: TestApp, email: string): Promise<EpcisClient> {
    return new EpcisClient(app.url, await tokenOf(app, email));
  }

  ask(path: string, headers: Headers = {}, method = 'GET', body?: NonNullable<RequestInit['body']>): Promise<Response> {
    return fetch(path.startsWith('http') ? path : `${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(body !== undefined && { body, duplex: 'half' }),
    } as RequestInit);
  }

  post(body: NonNullable<RequestInit['body']>, headers: Headers = {}, path = '/epcis/capture'): Promise<Response> {
    return this.ask(path, { 'content-type': 'application/json', ...headers }, 'POST', body);
  }

  /** Hands a document in and waits for its job to end. */
  async capture(document: Json | string, headers: Headers = {}): Promise<Job> {
    const answer = await this.post(typeof document === 'string' ? document : JSON.stringify(document), headers);
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
    return this.ended(answer.headers.get('location')!);
  }

  /** Waits for a job to end. */
  async ended(location: string): Promise<Job> {
    for (;;) {
      const job = (await (await this.ask(location)).json()) as Job;
      if (!job.running) return job;
      await delay(10);
    }
  }
}

/** An EPCIS document with these events. */
export const documentOf = (events: readonly unknown[], beside: Json = {}): Json => ({
  '@context': [EPCIS_CONTEXT_URL],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-11-20T09:00:00.000Z',
  ...beside,
  epcisBody: { eventList: events },
});

/** A pack of Kilimani's is commissioned at its factory. */
export const commissioning = (serials: readonly string[], beside: Json = {}): Json => ({
  type: 'ObjectEvent',
  action: 'ADD',
  eventTime: '2026-11-20T09:00:00.000+03:00',
  eventTimeZoneOffset: '+03:00',
  bizStep: 'commissioning',
  disposition: 'active',
  epcList: serials.map((serial) => `https://id.gs1.org/01/09521001000017/21/${serial}`),
  readPoint: { id: 'https://id.gs1.org/414/9521001001014' },
  bizLocation: { id: 'https://id.gs1.org/414/9521001001014' },
  ilmd: { 'cbvmda:lotNumber': 'EPCIS1', 'cbvmda:itemExpirationDate': '2028-11-30' },
  ...beside,
});
