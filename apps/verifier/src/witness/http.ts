import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Answer, Say, Witness } from './service.js';
import { statusJson, statusText } from './status.js';

const MOST_BODY_BYTES = 64 * 1024;
const TEXT = 'text/plain; charset=utf-8';

const plain = (status: number, body: string): Answer => ({ status, contentType: TEXT, body: `${body}\n` });

/** The HTTP server of a witness: POST /add-checkpoint, GET / and GET /status.json. It does not listen yet. */
export function witnessServer(witness: Witness, say: Say): Server {
  const server = createServer(
    { maxHeaderSize: 8 * 1024, headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 60_000 },
    (request, response) => {
      answer(witness, request)
        .catch((error: unknown) => {
          say(`ERROR: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
          return plain(500, 'internal error');
        })
        .then((given) => send(response, given, request.method === 'HEAD'))
        .catch(() => request.destroy());
    },
  );
  server.maxConnections = 1000;
  server.setTimeout(60_000);
  return server;
}

async function answer(witness: Witness, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?', 1)[0];
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return plain(405, 'POST is expected');
    const body = await bodyOf(request);
    return typeof body === 'string' ? witness.addCheckpoint(body) : body;
  }
  if (path !== '/' && path !== '/status.json') return plain(404, 'not found');
  if (!reads) return plain(405, 'GET is expected');
  const json = path === '/status.json' || (request.headers.accept ?? '').includes('application/json');
  return json
    ? { status: 200, contentType: 'application/json; charset=utf-8', body: statusJson(witness.status()) }
    : { status: 200, contentType: TEXT, body: statusText(witness.status()) };
}

/** The body as text, or why it is refused. A client that goes away while it sends is refused too, in vain. */
async function bodyOf(request: IncomingMessage): Promise<string | Answer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > MOST_BODY_BYTES) return plain(413, `a request has at most ${MOST_BODY_BYTES} bytes`);
      parts.push(part);
    }
  } catch {
    return plain(400, 'the request was cut short');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return plain(400, 'the request is not UTF-8');
  }
}

function send(response: ServerResponse, { status, contentType, body }: Answer, headOnly: boolean): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: body.startsWith('POST') ? 'POST' : 'GET, HEAD' } : {}),
    // What is left of a body that is too long is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(headOnly ? undefined : bytes);
}
