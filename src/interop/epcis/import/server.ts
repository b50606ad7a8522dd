import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportSettings } from './arguments.js';
import type { formOfName } from './file-form.js';

/** A capture job, as the server tells it. */
export interface JobAnswer {
  readonly captureID: string;
  readonly running: boolean;
  readonly success: boolean;
  readonly errors: readonly { readonly code: string; readonly detail: string }[];
  readonly 'halisi:counts': Readonly<Record<'events' | 'captured' | 'duplicates' | 'reported' | 'refused', number>>;
}

/** The server refused a request, with what it said. */
export class RefusedByServer extends Error {
  override readonly name = 'RefusedByServer';
}

const ATTEMPTS = 4;
/** A token is renewed this long before it ends. */
const EARLY_MS = 30_000;

/** A running server, asked as a machine client. */
export class Server {
  private token = '';
  private validUntil = 0;

  constructor(private readonly settings: ImportSettings) {}

  /** Sends a file, as often as it takes (stored once it is), and answers the path of its job. */
  async submit(
    file: string,
    { mediaType, gzip }: NonNullable<ReturnType<typeof formOfName>>,
    onSent: (bytes: number) => void,
  ): Promise<string> {
    const answer = await this.ask('/epcis/capture', () => ({
      method: 'POST',
      headers: {
        'content-type': mediaType,
        'gs1-capture-error-behaviour': this.settings.behaviour,
        ...(gzip && { 'content-encoding': 'gzip' }),
      },
      body: counted(file, onSent),
      duplex: 'half',
    }));
    await answer.body?.cancel();
    return answer.headers.get('location')!;
  }

  async job(path: string): Promise<JobAnswer> {
    return (await (await this.ask(path, () => ({}))).json()) as JobAnswer;
  }

  /** Tries again where the connection fails or the server is away; throws RefusedByServer for what it refuses. */
  private async ask(path: string, request: () => RequestInit): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        const init = request();
        const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${await this.signIn()}` };
        const answer = await fetch(`${this.settings.url}${path}`, { ...init, headers });
        if (answer.ok) return answer;
        const refusal = new RefusedByServer(await refusalOf(answer));
        if (answer.status !== 503 && answer.status !== 429) throw refusal;
        if (attempt === ATTEMPTS) throw refusal;
      } catch (error) {
        if (error instanceof RefusedByServer || attempt === ATTEMPTS) throw error;
      }
      await delay(500 * 2 ** attempt);
    }
  }

  private async signIn(): Promise<string> {
    if (Date.now() < this.validUntil) return this.token;
    const { url, clientId, clientSecret } = this.settings;
    const answer = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (!answer.ok) throw new RefusedByServer(`the server does not sign this client in: ${await refusalOf(answer)}`);
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
    this.token = access_token;
    this.validUntil = Date.now() + expires_in * 1000 - EARLY_MS;
    return access_token;
  }
}

function counted(file: string, onSent: (bytes: number) => void): ReadableStream {
  const source = createReadStream(file);
  return Readable.toWeb(
    Readable.from(
      (async function* () {
        let sent = 0;
        for await (const chunk of source as AsyncIterable<Buffer>) {
          yield chunk;
          onSent((sent += chunk.length));
        }
      })(),
    ),
  ) as ReadableStream;
}

async function refusalOf(answer: Response): Promise<string> {
  const text = (await answer.text()).slice(0, 2000);
  try {
    const { code, detail, error_description } = JSON.parse(text) as Record<string, string | undefined>;
    return [answer.status, code, detail ?? error_description].filter((part) => part !== undefined).join(' ');
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}
