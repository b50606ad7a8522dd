import { setTimeout as wait } from 'node:timers/promises';
import { AccessTrail } from './access-trail.js';
import type { AccessTrailStore } from './access-trail.store.js';

describe('the access trail', () => {
  it('refuses what could not be stored, and ends no process whose read had failed before', async () => {
    const store = { insert: () => Promise.reject(new Error('No database.')) } as unknown as AccessTrailStore;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const about = { ownerIds: [7], purpose: 'status', operation: 'GET /r', subject: 'x' } as const;
      const recorded = new AccessTrail(store).record({ actor: 'public', ...about });
      await wait(50);
      expect(unhandled).toEqual([]);
      await expect(recorded).rejects.toThrow('No database.');
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
