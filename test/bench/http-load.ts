import { connect, type Socket } from 'node:net';
import { percentile } from './figures.js';

/** What to send, and how much of it. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  /** The bearer token of each connection. */
  readonly token: (connection: number) => string;
  /** The next request of a connection; undefined when there is no more to do. */
  readonly next: (connection: number) => LoadRequest | undefined;
  /** Requests that are sent before the clock starts. */
  readonly warmUp: number;
  /** Requests that are measured, or until `next` has no more. */
  readonly count: number;
}

/** With `body`, JSON text in ASCII, a POST to `path` (default /graphql); without it a GET. */
export interface LoadRequest {
  readonly body?: string;
  readonly path?: string;
}

export interface Measured {
  readonly perSecond: number;
  readonly count: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends requests over connections that stay open, one at a time on each, and measures them. It reads no more of an answer
 * than where it ends and whether it is a refusal, because what it spends is missing to the server on the same cores.
 * Throws with the first answer that is not what was asked for.
 */
export async function drive(load: Load): Promise<Measured> {
  const took: number[] = [];
  let sent = 0;
  let from = performance.now();
  const take = (connection: number): LoadRequest | undefined => {
    if (sent >= load.warmUp + load.count) return undefined;
    sent += 1;
    return load.next(connection);
  };
  let answered = 0;
  const done = (ms: number): void => {
    answered += 1;
    if (answered === load.warmUp) from = performance.now();
    if (answered > load.warmUp) took.push(ms);
  };
  await Promise.all(Array.from({ length: load.connections }, (_, index) => run(load, index, take, done)));
  const seconds = (performance.now() - from) / 1000;
  return {
    perSecond: took.length / seconds,
    count: took.length,
    seconds,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
  };
}

function run(
  load: Load,
  index: number,
  take: (connection: number) => LoadRequest | undefined,
  done: (ms: number) => void,
): Promise<void> {
  const { hostname, port } = new URL(load.url);
  const head = `HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${load.token(index)}\r\n`;
  const json = 'content-type: application/json\r\ncontent-length: ';
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    let since = 0;
    const send = (): void => {
      const request = take(index);
      if (request === undefined) {
        socket.end();
        return resolve();
      }
      since = performance.now();
      const { body, path } = request;
      socket.write(
        body === undefined
          ? `GET ${path} ${head}\r\n`
          : `POST ${path ?? '/graphql'} ${head}${json}${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
    const reader = new AnswerReader((text) => {
      done(performance.now() - since);
      if (isRefusal(text)) {
        socket.destroy();
        return reject(new Error(`Not the answer that was asked for: ${text.slice(0, 1500)}`));
      }
      send();
    });
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('data', (text) => reader.take(text as unknown as string));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed a connection.')));
  });
}

const isRefusal = (answer: string): boolean =>
  !/^HTTP\/1\.1 20[02]/.test(answer) || answer.includes('"errors":[') || answer.includes('"refusal":{');

/** Cuts a stream of answers (latin1, so a character is a byte) by their content-length. */
class AnswerReader {
  private text = '';
  private wanted = 0;

  constructor(private readonly answer: (text: string) => void) {}

  take(more: string): void {
    this.text += more;
    if (this.wanted === 0) {
      const end = this.text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [, length] = /\r\ncontent-length: (\d+)/i.exec(this.text) ?? [];
      if (length === undefined) throw new Error(`An answer without content-length: ${this.text.slice(0, end)}`);
      this.wanted = end + 4 + Number(length);
    }
    if (this.text.length < this.wanted) return;
    const whole = this.text;
    this.text = '';
    this.wanted = 0;
    this.answer(whole);
  }
}
