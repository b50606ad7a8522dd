/** One's turn in the order of an organisation's documents. */
export interface Turn {
  /** Settles when everything that was handed in before has had its turn. */
  readonly mine: Promise<void>;
  /** Lets the next one have its turn; harmless when it was called before. */
  readonly end: () => void;
}

/** Keeps what each organisation hands in, in its order. */
export class Turns {
  private readonly last = new Map<number, Promise<void>>();

  take(organisation: number): Turn {
    const before = this.last.get(organisation) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = before.then(() => promise);
    this.last.set(organisation, ended);
    void ended.then(() => {
      if (this.last.get(organisation) === ended) this.last.delete(organisation);
    });
    return { mine: before, end: resolve };
  }
}
