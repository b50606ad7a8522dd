import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface LiveSubscription<T> {
  /** What has arrived so far, in order. */
  readonly received: readonly T[];
  /** The code of the refusal that ended it. */
  readonly refused: string | undefined;
  close(): Promise<void>;
}

/** Nothing tells a client that its subscription stands: this long it is given. */
const START_MS = 300;

/** Subscribes as clients do: graphql-transport-ws, the token in `connection_init`. Rejects with the code of a refusal. */
export async function subscribe<T>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  token: string | undefined,
): Promise<LiveSubscription<T>> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  const received: T[] = [];
  let refused: string | undefined;
  const stop = client.subscribe<T>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        if (data != null) received.push(data as T);
        else refused = String(errors?.[0]?.extensions?.['code']);
      },
      error: (error) => (refused = codeOf(error)),
      complete: () => undefined,
    },
  );
  await delay(START_MS);
  if (refused !== undefined) {
    await client.dispose();
    throw new Error(refused);
  }
  return {
    received,
    get refused() {
      return refused;
    },
    close: async () => {
      stop();
      await client.dispose();
    },
  };
}

function codeOf(error: unknown): string {
  const [first] = Array.isArray(error) ? (error as { extensions?: { code?: string }; message?: string }[]) : [];
  return first?.extensions?.code ?? first?.message ?? String(error);
}
