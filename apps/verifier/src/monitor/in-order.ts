/** Works on items ahead of the reader, at most `parallel()` at once, and gives the results in order. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  parallel: () => number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const ahead: Promise<Result>[] = [];
  for (const item of items) {
    const started = work(item);
    // Whoever leaves early never awaits it.
    started.catch(() => undefined);
    ahead.push(started);
    while (ahead.length >= parallel()) yield await ahead.shift()!;
  }
  while (ahead.length > 0) yield await ahead.shift()!;
}

/** The integers of [from, to). */
export function* integers(from: number, to: number): Generator<number> {
  for (let i = from; i < to; i++) yield i;
}
