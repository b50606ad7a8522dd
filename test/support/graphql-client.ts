/** One error as GraphQL answers it. */
export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId?: string;
    readonly details?: Record<string, unknown>;
  };
}

export interface GraphqlAnswer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors?: readonly GraphqlError[];
}

/** Speaks to a server as its clients do: over HTTP. */
export class GraphqlClient {
  constructor(readonly url: string) {}

  /** Sends one operation and answers data and errors as they came. */
  async graphql<T = Record<string, unknown>>(
    query: string,
    variables: Record<string, unknown> = {},
    token?: string,
  ): Promise<GraphqlAnswer<T>> {
    const response = await this.rest('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Omit<GraphqlAnswer<T>, 'status'>;
    return { status: response.status, ...body };
  }

  /** The data of one operation; throws with its errors when there are any. */
  async ask<T = Record<string, unknown>>(
    query: string,
    variables: Record<string, unknown> = {},
    token?: string,
  ): Promise<T> {
    const answer = await this.graphql<T>(query, variables, token);
    if (answer.errors !== undefined || answer.data === null) {
      throw new Error(`${JSON.stringify(answer.errors, null, 1)} for ${query}`);
    }
    return answer.data;
  }

  /** The first error of an operation that must be refused; throws when it is not. */
  async refusal(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<GraphqlError> {
    const answer = await this.graphql(query, variables, token);
    const error = answer.errors?.[0];
    if (error === undefined) throw new Error(`Expected a refusal, got ${JSON.stringify(answer.data)} for ${query}`);
    return error;
  }

  /** Any plain request. */
  rest(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url), init);
  }
}
