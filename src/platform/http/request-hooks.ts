import type { FastifyRequest } from 'fastify';

export type RequestHook = (request: FastifyRequest) => Promise<void> | void;

/**
 * Where modules above add to a request before anything handles it: `access` puts the actor on it here.
 * A hook that throws a DomainError refuses the request. For a subscription the hooks run once, at `connection_init`,
 * whose payload's `authorization` counts as the header.
 */
export class RequestHooks {
  private readonly hooks: RequestHook[] = [];

  add(hook: RequestHook): void {
    this.hooks.push(hook);
  }

  /** Answers a promise only where a hook does: most requests pass without a turn of the event loop. */
  run(request: FastifyRequest): Promise<void> | void {
    for (let index = 0; index < this.hooks.length; index++) {
      const pending = this.hooks[index]?.(request);
      if (pending !== undefined) return this.rest(pending, index + 1, request);
    }
  }

  private async rest(pending: Promise<void>, next: number, request: FastifyRequest): Promise<void> {
    await pending;
    for (const hook of this.hooks.slice(next)) await hook(request);
  }
}
