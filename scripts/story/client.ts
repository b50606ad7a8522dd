/** A client of the public API: what any partner could write. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  /** Runs a GraphQL operation; throws ApiError with its code when it is refused. */
  async graphql<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.authorization() },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as {
      data?: T;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const [first] = errors ?? [];
    if (first) throw new ApiError(first.extensions?.code ?? 'UNKNOWN', first.message);
    return data!;
  }

  async text(path: string): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { headers: this.authorization() });
    const body = await response.text();
    if (!response.ok) throw new ApiError(String(response.status), body);
    return body;
  }

  async signIn(email: string, password: string): Promise<Client> {
    const { signIn } = await this.graphql<{ signIn: { accessToken: string } }>(
      'mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { accessToken } }',
      { email, password },
    );
    return new Client(this.url, signIn.accessToken);
  }

  private authorization(): Record<string, string> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }
}

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
