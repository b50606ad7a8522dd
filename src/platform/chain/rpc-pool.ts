import { DomainError } from '../../domain/errors.js';
import { RpcError } from './rpc.js';
import { RpcEndpoint, WrongChainError } from './rpc-endpoint.js';

export interface RpcPoolOptions {
  readonly chainId: number;
  /** Endpoints that must give the same answer before it counts as evidence. */
  readonly agreement: number;
  readonly timeoutMs?: number;
  /** Rest after a first failure; it doubles. */
  readonly backoffMs?: number;
  /** How long an endpoint that contradicted the others is asked last. */
  readonly asideMs?: number;
}

/**
 * Why the endpoints together gave no answer. RPC_UNREACHABLE: fewer answered than must agree. RPC_DISAGREES: enough did, and
 * contradict one another. WRONG_CHAIN: all that answered serve another chain.
 */
export class RpcPoolError extends DomainError<'RPC_UNREACHABLE' | 'RPC_DISAGREES' | 'WRONG_CHAIN'> {
  override readonly name = 'RpcPoolError';
}

/** What one endpoint said. */
export type Vote<T> =
  { readonly endpoint: RpcEndpoint; readonly value: T } | { readonly endpoint: RpcEndpoint; readonly failure: Error };

export type Question<T> = (endpoint: RpcEndpoint) => Promise<T>;

/** Endpoints that gave one answer. */
export interface Group<T> {
  readonly value: T;
  readonly endpoints: readonly RpcEndpoint[];
}

/** The JSON-RPC endpoints of one chain: plain calls go to one that answers, evidence needs several that agree. */
export class RpcPool {
  readonly endpoints: readonly RpcEndpoint[];
  readonly agreement: number;
  private preferred: readonly RpcEndpoint[] = [];

  constructor(urls: readonly string[], options: RpcPoolOptions) {
    const { chainId, timeoutMs = 5000, backoffMs = 250, asideMs = 60_000 } = options;
    const settings = { chainId, timeoutMs, backoffMs, asideMs };
    this.endpoints = labels(urls).map((label, i) => new RpcEndpoint(urls[i]!, label, settings));
    this.agreement = options.agreement;
  }

  /** What stands against endpoints at the moment, by host. */
  get complaints(): string[] {
    return this.endpoints.flatMap(({ label, complaint }) =>
      complaint === undefined ? [] : [`${label}: ${complaint}`],
    );
  }

  /** Asks these first from now on: they agreed about the newest block, so they do not lag. */
  prefer(endpoints: readonly RpcEndpoint[]): void {
    this.preferred = endpoints;
  }

  /**
   * The first result that any endpoint gives. Throws the node's own refusal (RpcError) where all that answer refuse, and
   * RpcPoolError where none answers.
   */
  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const votes: Vote<unknown>[] = [];
    for (const endpoint of this.inOrder()) {
      const vote = await ask(endpoint, (each) => each.call(method, params));
      if ('value' in vote) return vote.value;
      votes.push(vote);
    }
    throw refusalIn(votes) ?? this.unreachable(votes);
  }

  /** Asks all at once: those that are ready; the others too where these are too few to agree. */
  async poll<T>(question: Question<T>): Promise<Vote<T>[]> {
    const ready = this.endpoints.filter((endpoint) => endpoint.ready);
    const asked = ready.length < this.agreement ? this.endpoints : ready;
    return Promise.all(asked.map((endpoint) => ask(endpoint, question)));
  }

  /**
   * What enough of `among` say alike; with `blame` those that say something else are put aside. Throws RpcPoolError.
   */
  async agree<T>(what: string, question: Question<T>, among = this.endpoints, blame = true): Promise<Group<T>> {
    const votes = await Promise.all(among.map((endpoint) => ask(endpoint, question)));
    const groups = grouped(votes);
    const [most] = groups;
    if (most === undefined || most.endpoints.length < this.agreement) throw this.undecided(what, votes, groups);
    for (const { endpoints } of blame ? groups.slice(1) : []) {
      for (const endpoint of endpoints) endpoint.putAside(`it contradicts the others about ${what}`);
    }
    return most;
  }

  /** Why there is no agreement about `what`. */
  private undecided<T>(what: string, votes: readonly Vote<T>[], groups: readonly Group<T>[]): RpcPoolError {
    const answered = votes.filter((vote) => 'value' in vote).length;
    if (answered < this.agreement) return this.unreachable(votes);
    const sides = groups.map(({ endpoints }) => endpoints.map(({ label }) => label).join(', '));
    const message = `The nodes contradict one another about ${what}: ${sides.join(' against ')}.`;
    return new RpcPoolError('RPC_DISAGREES', message, { what, sides });
  }

  unreachable(votes: readonly Vote<unknown>[]): RpcPoolError {
    const failures = votes.flatMap((vote) => ('failure' in vote ? [vote] : []));
    const why = failures.map(({ endpoint, failure }) => `${endpoint.label}: ${failure.message}`).join(' ');
    const wrong = failures.length > 0 && failures.every(({ failure }) => failure instanceof WrongChainError);
    if (wrong && failures.length === votes.length) return new RpcPoolError('WRONG_CHAIN', why);
    const answered = votes.length - failures.length;
    const message = `${answered} of ${this.endpoints.length} nodes answer, ${this.agreement} must agree. ${why}`;
    return new RpcPoolError('RPC_UNREACHABLE', message);
  }

  private inOrder(): RpcEndpoint[] {
    const rank = (endpoint: RpcEndpoint): number =>
      (endpoint.ready ? 0 : 2) + (this.preferred.includes(endpoint) ? 0 : 1);
    return [...this.endpoints].sort((a, b) => rank(a) - rank(b));
  }
}

/** Equal answers together, the most given first. */
export function grouped<T>(votes: readonly Vote<T>[], keyOf: (value: T) => unknown = (value) => value): Group<T>[] {
  const groups = new Map<string, { value: T; endpoints: RpcEndpoint[] }>();
  for (const vote of votes) {
    if (!('value' in vote)) continue;
    const key = JSON.stringify(keyOf(vote.value), (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    const group = groups.get(key) ?? { value: vote.value, endpoints: [] };
    group.endpoints.push(vote.endpoint);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.endpoints.length - a.endpoints.length);
}

async function ask<T>(endpoint: RpcEndpoint, question: Question<T>): Promise<Vote<T>> {
  try {
    return { endpoint, value: await question(endpoint) };
  } catch (error) {
    return { endpoint, failure: error as Error };
  }
}

/** The first refusal by a node; undefined where all that failed only gave no answer. */
export function refusalIn(votes: readonly Vote<unknown>[]): RpcError | undefined {
  return votes
    .flatMap((vote) => ('failure' in vote && vote.failure instanceof RpcError ? [vote.failure] : []))
    .find(({ code }) => code === 'RPC_REFUSED');
}

/** Host and port of each URL, numbered where two are alike. */
function labels(urls: readonly string[]): string[] {
  const hosts = urls.map((url) => new URL(url).host);
  return hosts.map((host, i) => (hosts.filter((each) => each === host).length > 1 ? `${host} (${i + 1})` : host));
}
