/** A route as the server has it: parameters as `:name`, a star for the rest of a path. */
export interface ServedRoute {
  readonly method: string;
  readonly url: string;
}

/** Every route of the server, in the order of their registration. */
export class ServedRoutes {
  readonly all: ServedRoute[] = [];

  add(methods: string | readonly string[], url: string): void {
    for (const method of typeof methods === 'string' ? [methods] : methods) this.all.push({ method, url });
  }
}
