import { Stopped, Unreachable } from './findings.js';

export interface HttpRequest {
  /** The most bytes of a body that are read. */
  readonly limit: number;
  /** From the first byte sent to the last one read. */
  readonly patienceMs: number;
  readonly stop: AbortSignal;
  /** Sent as JSON by POST. */
  readonly body?: string;
}

/** `body` is undefined where it is longer than the limit. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array | undefined;
}

const MOST_REDIRECTS = 3;

/**
 * One HTTP request to a server that may be hostile: the time and the length are bounded, and a redirect to another
 * origin is not followed. Throws Unreachable, or Stopped.
 */
export async function httpRequest(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const signal = AbortSignal.any([request.stop, AbortSignal.timeout(request.patienceMs)]);
  try {
    const response = await follow(url, request, signal);
    return { status: response.status, body: await bodyOf(response, request.limit) };
  } catch (error) {
    if (request.stop.aborted) throw new Stopped();
    if (error instanceof Unreachable) throw error;
    if (signal.aborted) throw new Unreachable(`${url}: no whole answer within ${request.patienceMs} ms`);
    throw new Unreachable(`${url}: ${reasonOf(error)}`);
  }
}

async function follow(url: string, { body }: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { origin } = new URL(url);
  let at = url;
  for (let i = 0; i <= MOST_REDIRECTS; i++) {
    const response = await fetch(at, {
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (next?.origin !== origin || body !== undefined) {
      throw new Unreachable(`${url}: it sends us elsewhere (${location.slice(0, 200)}), which is not followed`);
    }
    at = next.href;
  }
  throw new Unreachable(`${url}: more than ${MOST_REDIRECTS} redirects`);
}

async function bodyOf(response: Response, limit: number): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    // Leaving the loop cancels the body.
    if (length > limit) return undefined;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** The innermost reason of a failed fetch, on one line. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message || cause.name : String(cause)).replace(/\s+/g, ' ').slice(0, 300);
}
