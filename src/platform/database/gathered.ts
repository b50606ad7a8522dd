import DataLoader from 'dataloader';

/** How many reads of one loader are under way at once; what is asked for meanwhile waits for the next. */
const AT_ONCE = 2;

/**
 * A loader for the whole process: keys that are asked for while reads are under way are gathered into the next one, so
 * the busier the process, the fewer statements a key. Nothing is kept. `read` answers one value a key, in their order.
 */
export function gathered<K, V>(read: (keys: readonly K[]) => Promise<V[]>, most = 1000): DataLoader<K, V> {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const start = (): void => {
    if (underWay < AT_ONCE) waiting.shift()?.();
  };
  return new DataLoader<K, V>(
    async (keys) => {
      underWay += 1;
      try {
        return await read(keys);
      } finally {
        underWay -= 1;
        start();
      }
    },
    {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (dispatch) => {
        waiting.push(dispatch);
        setImmediate(start);
      },
    },
  );
}
