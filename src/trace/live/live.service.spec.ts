import { jest } from '@jest/globals';
import type { AccessTrail } from '../../access/access-trail.js';
import type { Tokens } from '../../access/tokens.js';
import type { GraphqlContext } from '../../platform/graphql/context.js';
import type { Asker } from '../events/events.service.js';
import type { EventsStore, StoredEvent } from '../events/events.store.js';
import type { OwnSites } from '../own-sites.service.js';
import type { ShipmentsService } from '../shipments/shipments.service.js';
import { LiveService } from './live.service.js';
import type { LogTail } from './log-tail.js';

const NAME = 'Amina Otieno';
const time = '2026-11-20T09:00:00.000Z';
const captured = (position: number): StoredEvent => ({
  ...{ position, capturedBy: 1, party: false, erased: null },
  body: JSON.stringify({ eventID: `e${position}`, eventTime: time, recordTime: time, 'halisi:reason': NAME }),
});
const erased = (position: number): StoredEvent => ({
  ...{ position, capturedBy: 1, party: false, body: null },
  erased: {
    ...{ at: time, reason: 'court_order', by: '9506000900001', eventTime: time, recordTime: time },
    ...{ step: 0, parent: null, place: null },
  },
});

describe('a live subscription', () => {
  it('shows an event that was erased while its subscriber took its time as erased', async () => {
    const tail = {
      async *follow() {
        yield await Promise.resolve([captured(1), captured(2)]);
      },
    } as unknown as LogTail;
    const live = new LiveService(
      tail,
      {} as ShipmentsService,
      {} as OwnSites,
      { record: () => Promise.resolve() } as unknown as AccessTrail,
      { check: () => Promise.resolve() } as unknown as Tokens,
      { at: (position: number) => Promise.resolve(erased(position)) } as unknown as EventsStore,
    );
    const asker = { actor: { organisationId: 1, organisationRole: 'manufacturer' }, purpose: 'status' } as Asker;
    const context = { request: { headers: { authorization: 'Bearer t' } } } as unknown as GraphqlContext;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const events = live.events(asker, context, {}, null);
    expect(JSON.stringify((await events.next()).value)).toContain(NAME);
    clock.mockReturnValue(60_000);
    const { value } = (await events.next()) as { value: unknown };
    clock.mockRestore();
    expect(JSON.stringify(value)).not.toContain(NAME);
    expect(value).toMatchObject({ position: 2, eventID: 'urn:halisi:erased:2' });
  });
});
