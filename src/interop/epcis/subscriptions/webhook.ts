import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import http from 'node:http';
import https from 'node:https';
import { parseDestination, publicLookup } from './destination.js';

/** Bytes of an answer that are read before the connection is closed. */
const LONGEST_ANSWER = 64 * 1024;

export interface WebhookRequest {
  readonly dest: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** What came of a request: a status, or why there is none. */
export type WebhookAnswer = { readonly status: number } | { readonly status: null; readonly problem: string };

/**
 * Sends deliveries. A redirect is not followed, an address that is not public is not connected to, and of the answer
 * nothing but its status matters: its body is read to its end or to its limit, so that the connection can be used again.
 */
@Injectable()
export class Webhook implements OnApplicationShutdown {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, maxFreeSockets: 32 }),
    'https:': new https.Agent({ keepAlive: true, maxFreeSockets: 32 }),
  };

  /** Posts one document. Never throws for what the receiver does; throws DestinationRefusedError before anything is sent. */
  post(request: WebhookRequest): Promise<WebhookAnswer> {
    const { headers, body, timeoutMs, allowPrivate } = request;
    const url = parseDestination(request.dest, allowPrivate);
    const protocol = url.protocol as keyof typeof this.agents;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const { request: open } = protocol === 'https:' ? https : http;
    return new Promise((done) => {
      const failed = (error: Error) => done({ status: null, problem: problemOf(error, request.signal, timeoutMs) });
      const options = {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        agent: this.agents[protocol],
        signal,
        ...(!allowPrivate && { lookup: publicLookup }),
      };
      const sent = open(url, options, (answer) => {
        let read = 0;
        answer.on('data', (chunk: Buffer) => {
          read += chunk.length;
          if (read > LONGEST_ANSWER) sent.destroy();
        });
        answer.on('close', () => done({ status: answer.statusCode ?? 0 }));
        answer.on('error', () => undefined);
      });
      sent.on('error', failed);
      sent.end(body);
    });
  }

  onApplicationShutdown(): void {
    Object.values(this.agents).forEach((agent) => agent.destroy());
  }
}

function problemOf(error: Error, stopping: AbortSignal, timeoutMs: number): string {
  if (stopping.aborted) return 'the server stopped';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { code } = error as NodeJS.ErrnoException;
  return (code === undefined ? error.message : `${code}: ${error.message}`).slice(0, 500);
}
