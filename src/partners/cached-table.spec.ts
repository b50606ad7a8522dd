import { CachedTable } from './cached-table.js';

interface Row {
  readonly version: number;
}

describe('a cached table', () => {
  it('loads a missing row once for all who ask at the same time', async () => {
    let loads = 0;
    const table = new CachedTable<number, Row>(async () => ({ version: ++loads }));
    const rows = await Promise.all([table.find(1), table.find(1), table.find(1)]);
    expect(rows).toEqual([{ version: 1 }, { version: 1 }, { version: 1 }]);
    expect(table.get(1)).toEqual({ version: 1 });
  });

  it('is not left with an old row when a change is announced while it loads', async () => {
    let stored = 1;
    const gates: (() => void)[] = [];
    const table = new CachedTable<number, Row>(async () => {
      const version = stored;
      await new Promise<void>((open) => gates.push(open));
      return { version };
    });
    const first = table.find(1);
    stored = 2;
    const second = table.refresh(1);
    gates.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
    gates.shift()!();
    expect(await first).toEqual({ version: 2 });
    expect(await second).toEqual({ version: 2 });
    expect(table.get(1)).toEqual({ version: 2 });
  });

  it('asks again after a failed load', async () => {
    let fail = true;
    const table = new CachedTable<number, Row>(async () => {
      if (fail) throw new Error('down');
      return { version: 1 };
    });
    await expect(table.find(1)).rejects.toThrow('down');
    fail = false;
    expect(await table.find(1)).toEqual({ version: 1 });
  });

  it('forgets what is gone when everything is replaced', () => {
    const seen: string[] = [];
    const table = new CachedTable<number, Row>(
      async () => undefined,
      (before, after) => seen.push(`${before?.version ?? '-'}>${after?.version ?? '-'}`),
    );
    table.replace([
      [1, { version: 1 }],
      [2, { version: 2 }],
    ]);
    table.replace([[2, { version: 3 }]]);
    expect([table.get(1), table.get(2)]).toEqual([undefined, { version: 3 }]);
    expect(seen).toEqual(['->1', '->2', '1>-', '2>3']);
  });
});
