interface Loading<Row> {
  done: Promise<Row | undefined>;
  stale: boolean;
}

/**
 * Rows of one small table in memory, by key. What is cached is read synchronously; what is not is loaded once, however
 * many ask for it at the same time. A reload that starts after a change was announced is never overtaken by a load that
 * started before it.
 */
export class CachedTable<Key, Row extends object> {
  private readonly rows = new Map<Key, Row>();
  private readonly loading = new Map<Key, Loading<Row>>();

  /** `changed` hears of every row that comes, changes or goes, so that other indexes can follow. */
  constructor(
    private readonly load: (key: Key) => Promise<Row | undefined>,
    private readonly changed: (before: Row | undefined, after: Row | undefined) => void = () => undefined,
  ) {}

  get(key: Key): Row | undefined {
    return this.rows.get(key);
  }

  values(): IterableIterator<Row> {
    return this.rows.values();
  }

  /** The cached row, or the stored one; undefined when there is none. */
  async find(key: Key): Promise<Row | undefined> {
    return this.rows.get(key) ?? (await (this.loading.get(key)?.done ?? this.start(key)));
  }

  /** Reads the row again, whatever is cached. */
  refresh(key: Key): Promise<Row | undefined> {
    const running = this.loading.get(key);
    if (running === undefined) return this.start(key);
    running.stale = true;
    return running.done;
  }

  /** Reads the row again when it is asked for next. A load under way starts again. */
  forget(key: Key): void {
    const running = this.loading.get(key);
    if (running !== undefined) running.stale = true;
    if (this.rows.has(key)) this.set(key, undefined);
  }

  /** Replaces everything by what is stored now. */
  replace(entries: Iterable<readonly [Key, Row]>): void {
    const fresh = new Map(entries);
    for (const key of [...this.rows.keys()]) if (!fresh.has(key)) this.set(key, undefined);
    for (const [key, row] of fresh) this.set(key, row);
  }

  set(key: Key, row: Row | undefined): void {
    const before = this.rows.get(key);
    if (row === undefined) this.rows.delete(key);
    else this.rows.set(key, row);
    this.changed(before, row);
  }

  private start(key: Key): Promise<Row | undefined> {
    const entry: Loading<Row> = { done: Promise.resolve(undefined), stale: false };
    this.loading.set(key, entry);
    entry.done = this.loadUntilFresh(key, entry);
    return entry.done;
  }

  private async loadUntilFresh(key: Key, entry: { stale: boolean }): Promise<Row | undefined> {
    try {
      let row: Row | undefined;
      do {
        entry.stale = false;
        row = await this.load(key);
      } while (entry.stale);
      this.set(key, row);
      return row;
    } finally {
      // In the same turn as the last look at `stale`: a refresh after that must start its own load.
      this.loading.delete(key);
    }
  }
}
