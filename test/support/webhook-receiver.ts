import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request that a receiver got. */
export interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The status that it was answered with; null where it was left hanging. */
  readonly status: number | null;
}

/** How a receiver answers: with a status, after a while, or never. */
export type Behaviour = number | { readonly status: number; readonly afterMs: number } | 'hang';

interface QueryDocument {
  readonly type: string;
  readonly epcisBody: {
    readonly queryResults: {
      readonly queryName: string;
      readonly subscriptionID?: string;
      readonly resultsBody: { readonly eventList: readonly Record<string, unknown>[] };
    };
  };
}

export const documentIn = (body: string): QueryDocument => JSON.parse(body) as QueryDocument;
export const eventsIn = (body: string) => documentIn(body).epcisBody.queryResults.resultsBody.eventList;

/** A partner's own system, on a port of its own: it takes deliveries, fails, hangs, is slow, and restarts. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  behaviour: Behaviour | ((index: number) => Behaviour) = 200;
  private server: http.Server | undefined;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  /** Those that were taken. */
  get taken(): readonly Received[] {
    return this.received.filter(({ status }) => status !== null && status < 300);
  }

  /** Event IDs of what was taken, in the order in which it came, each at its first time. */
  get eventIds(): readonly unknown[] {
    return [...new Set(this.taken.flatMap(({ body }) => eventsIn(body).map(({ eventID }) => eventID)))];
  }

  /** Starts, on the port of the last time. */
  async start(): Promise<this> {
    const server = http.createServer((request, response) => void this.answer(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  /** Stops as a killed process does: every connection breaks. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { behaviour } = this;
    const how = typeof behaviour === 'function' ? behaviour(this.received.length) : behaviour;
    const status = how === 'hang' ? null : typeof how === 'number' ? how : how.status;
    this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), status });
    if (status === null) return;
    if (typeof how === 'object') await new Promise((later) => setTimeout(later, how.afterMs));
    response.writeHead(status, { location: this.url }).end();
  }
}

/** As docs/formats/webhooks.md tells receivers to check a signature. */
export function isSigned({ headers, body }: Received, token: string): boolean {
  const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['gs1-signature'])) ?? [];
  const signed = `${String(headers['halisi-delivery-id'])}.${seconds}.${body}`;
  const fresh = Math.abs(Date.now() / 1000 - Number(seconds)) < 300;
  return fresh && createHmac('sha256', token).update(signed).digest('hex') === digest;
}
