import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` answers something other than undefined, null or false; throws with `what` when it does not in time. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  ms = 30_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  let failure: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`, { cause: failure });
    await delay(25);
  }
}
