import type { Actor } from '../../src/access/actor.js';
import type { ReasonOfErasure } from '../../src/capture/erased-event.js';
import { Erasing, type Erased } from '../../src/cases/erasure/erasing.service.js';
import { epcIndexKey } from '../../src/capture/seal.js';
import { SITES, GTIN, type SiteName } from '../../src/domain/custody/testing/small-world.js';
import { DomainError } from '../../src/domain/errors.js';
import type { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { dispensing, isCaptured, receiving, TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
let world: TwoProcesses;

beforeAll(() => postgres.start());
afterAll(() => postgres.stop());
beforeEach(async () => {
  world = await TwoProcesses.on(postgres);
});
afterEach(async () => {
  expect(await world.inconsistencies()).toEqual([]);
  await world.close();
});

const directory = { findOrganisation: async (id: number) => ({ id, gln: `950600090000${id}` }) };

function actorAt(site: SiteName, roles: Actor['roles'] = ['admin']): Actor {
  const organisationId = SITES[site].organisationId;
  const role = { factory: 'manufacturer', clinic: 'clinic', authority: 'regulator', auditor: 'auditor' }[
    site as string
  ];
  return {
    organisationId,
    organisationRole: (role ?? 'distributor') as Actor['organisationRole'],
    subject: { kind: 'person', id: 70 + organisationId },
    roles,
    tokenId: 't',
  };
}

const inspector = (): Actor => actorAt('authority', ['responsible_person']);

const erase = (
  actor: Actor,
  position: number,
  reason: ReasonOfErasure = 'data_subject_request',
  note?: string,
  process: 0 | 1 = 0,
): Promise<Erased> =>
  new Erasing(world.databases[process], directory as unknown as PartnersDirectory).erase(actor, {
    position,
    reason,
    note,
  });

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

const rows = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  (await world.owner.query<Record<string, unknown>>(text, values)).rows;

const SECRET = 'Mary Wanjiku, 0722 555 123, says that it smells';

/** A suspicion with somebody's name in it, released again: what is open no more. */
async function suspicion(serial: string, second = 1): Promise<{ position: number; eventId: string }> {
  const pack = { gtin: GTIN, serial };
  await world.bring([serial], 'clinic');
  const time = (at: number) => `2026-11-22T10:00:${String(at).padStart(2, '0')}.000+03:00`;
  const { position, eventId } = await world.take(
    0,
    'clinic',
    { step: 'suspecting', pack, reason: SECRET },
    time(second),
  );
  await world.take(0, 'clinic', { step: 'releasing', pack, sscc: null, reason: 'settled' }, time(second + 1));
  return { position, eventId };
}

/** Everything that is stored anywhere, as text. */
async function everything(): Promise<string> {
  const tables = await rows(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const parts = await Promise.all(
    tables.map(async ({ name }) => JSON.stringify(await rows(`select t::text from ${String(name)} t`))),
  );
  return parts.join('\n');
}

describe('an erasure', () => {
  it('leaves nothing that says, or confirms a guess of, what the event said', async () => {
    const { position, eventId } = await suspicion('S1');
    const [before] = await rows('select encode(secret, $2) as secret, request::text from event where position = $1', [
      position,
      'hex',
    ]);
    const hash = /;([0-9a-f]{64})\?/.exec(eventId)![1]!;
    const traces = ['Wanjiku', hash, String(before!['secret']), String(before!['request']), epcIndexKey(eventId)];
    const full = await everything();
    for (const trace of traces) expect(full).toContain(trace);
    await erase(actorAt('clinic'), position);
    const left = await everything();
    for (const trace of traces) expect(left).not.toContain(trace);
  });

  it('leaves the place, the commitment, the entry and what became of the pack', async () => {
    const { position } = await suspicion('S1');
    const kept = `select e.position, e.recorded_at, e.event_time, e.captured_by, e.step, encode(e.commitment, 'hex') as commitment,
        encode(l.entry, 'hex') as entry, (select json_agg(x order by x.role) from epc_event x
          where x.position = e.position and x.role <> 6)::text as mentions,
        (select json_agg(i)::text from item i) as packs
      from event e join log_entry l using (position) where e.position = $1`;
    const before = await rows(kept, [position]);
    await erase(actorAt('clinic'), position);
    expect(await rows(kept, [position])).toEqual(before);
  });

  it('is logged by an entry of its own, and given the same answer when it is asked for again', async () => {
    const { position } = await suspicion('S1');
    const first = await erase(actorAt('clinic'), position, 'data_subject_request', 'file 17/2026');
    const [entry] = await rows(`select encode(entry, 'hex') as entry from log_entry where position = $1`, [
      first.loggedIn,
    ]);
    const [record] = await rows(`select encode(commitment, 'hex') as commitment, body from erasure`);
    expect(entry!['entry']).toBe(`03${String(record!['commitment'])}`);
    expect(first).toMatchObject({ duplicate: false, loggedIn: position + 2, record: { note: 'file 17/2026' } });
    const again = await erase(actorAt('clinic'), position, 'retention_ended', undefined, 1);
    expect(again).toEqual({ ...first, duplicate: true });
  });

  it('that two ask for at once is one', async () => {
    for (let round = 0; round < 5; round++) {
      const { position } = await suspicion(`S${round}`, 10 + 2 * round);
      const both = await Promise.all(
        [0, 1, 0, 1].map((process) => erase(actorAt('clinic'), position, 'court_order', '', process as 0 | 1)),
      );
      expect(both.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(both.map(({ loggedIn }) => loggedIn)).size).toBe(1);
    }
  });

  it('names later events that name the erased one by its hash', async () => {
    await world.commission(['S1']);
    const shipped = await world.ship(['S1'], [], 'factory', 'clinic');
    const received = await world.take(0, 'clinic', receiving(shipped));
    expect((await erase(actorAt('factory'), shipped)).record.namedIn).toEqual([received.position]);
  });

  it('that is cut off leaves everything as it was', async () => {
    const { position } = await suspicion('S1');
    const before = await everything();
    const client = await world.owner.connect();
    try {
      await client.query('begin');
      const { rows: pid } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await client.query(
        `select erase_event($1, now(), 3, 1, 'court_order', null, null, '{}', decode(repeat('00', 32), 'hex'),
          decode(repeat('01', 32), 'hex'), 0, '{}', '{}', '{}', false)`,
        [position],
      );
      client.on('error', () => undefined);
      await world.owner.query('select pg_terminate_backend($1)', [pid[0]!.pid]);
    } finally {
      client.release(true);
    }
    expect(await everything()).toBe(before);
  });
});

describe('who may erase', () => {
  it('is whoever captured the event, and the regulator by order', async () => {
    const { position } = await suspicion('S1');
    expect(await refusal(erase(actorAt('depot'), position))).toBe('EVENT_NOT_FOUND');
    // The owner of the GTIN is a party to the suspicion: it sees the event and may not erase it.
    expect(await refusal(erase(actorAt('factory'), position))).toBe('ERASURE_NOT_ALLOWED');
    expect(await refusal(erase(actorAt('auditor', ['admin']), position))).toBe('ERASURE_NOT_ALLOWED');
    expect(await refusal(erase(inspector(), position))).toBe('ERASURE_NOT_ALLOWED');
    expect(await refusal(erase(actorAt('authority', ['admin']), position, 'court_order'))).toBe('ERASURE_NOT_ALLOWED');
    const machine: Actor = { ...actorAt('clinic'), subject: { kind: 'client', id: 1 } };
    expect(await refusal(erase(machine, position))).toBe('ERASURE_NOT_ALLOWED');
    expect(await refusal(erase(inspector(), position, 'court_order'))).toBe('none');
  });

  it('is not asked for what is no event', async () => {
    const { position } = await suspicion('S1');
    const { loggedIn } = await erase(actorAt('clinic'), position);
    expect(await refusal(erase(actorAt('clinic'), loggedIn))).toBe('EVENT_NOT_FOUND');
    expect(await refusal(erase(actorAt('clinic'), 1_000_000))).toBe('EVENT_NOT_FOUND');
  });

  it('does not reach an event that an open hold or shipment rests on, but by order of a court', async () => {
    const pack = { gtin: GTIN, serial: 'S1' };
    const made = await world.commission(['S1']);
    const shipped = await world.ship(['S1'], [], 'factory', 'clinic');
    expect(await refusal(erase(actorAt('factory'), shipped))).toBe('ERASURE_BLOCKED');
    await world.take(0, 'clinic', receiving(shipped));
    const held = await world.take(0, 'clinic', { step: 'suspecting', pack, reason: 'odd' });
    expect(await refusal(erase(actorAt('clinic'), held.position))).toBe('ERASURE_BLOCKED');
    expect(await refusal(erase(actorAt('factory'), made.position))).toBe('ERASURE_BLOCKED');
    expect(await refusal(erase(inspector(), held.position, 'court_order'))).toBe('none');
    const [hold] = await rows('select reason, lifted_in from hold');
    expect(hold).toEqual({ reason: '(erased)', lifted_in: null });
  });

  it.each(['asked for by Mary Wanjiku', 'see 0722', `she said "${SECRET}"`])('refuses the note %j', async (note) => {
    const { position } = await suspicion('S1');
    expect(await refusal(erase(actorAt('clinic'), position, 'court_order', note))).toBe('NOTE_REPEATS_DATA');
    expect(await refusal(erase(actorAt('clinic'), position, 'court_order', 'letter of 3 March'))).toBe('none');
  });
});

describe('after an erasure', () => {
  it('the same request, and another of the same time, are refused and store nothing', async () => {
    const pack = { gtin: GTIN, serial: 'S1' };
    const { position } = await suspicion('S1', 1);
    await erase(actorAt('clinic'), position);
    const at = '2026-11-22T10:00:01.000+03:00';
    const again = { step: 'suspecting' as const, pack, reason: SECRET };
    for (const process of [0, 1] as const) {
      expect(await world.ask(process, 'clinic', again, at)).toMatchObject({ code: 'EVENT_ERASED' });
      // The same moment, said with another offset.
      expect(await world.ask(process, 'clinic', again, '2026-11-22T07:00:01Z')).toMatchObject({ code: 'EVENT_ERASED' });
    }
    const other = await world.ask(0, 'clinic', { ...again, reason: 'odd' }, '2026-11-22T10:00:01.001+03:00');
    expect(isCaptured(other)).toBe(true);
  });

  it('custody goes on from where it was: a shipment is received, a dispense undone', async () => {
    await world.commission(['S1']);
    const shipped = await world.ship(['S1'], [], 'factory', 'clinic');
    await erase(inspector(), shipped, 'court_order');
    const received = await world.take(0, 'clinic', receiving(shipped));
    expect(received.event).toMatchObject({ 'halisi:shipment': `urn:halisi:erased:${shipped}` });
    const dispensed = await world.take(0, 'clinic', dispensing(['S1']));
    await erase(actorAt('clinic'), dispensed.position);
    const slip = { step: 'repeating' as const, pack: { gtin: GTIN, serial: 'S1' } };
    const again = await world.take(1, 'clinic', slip, new Date().toISOString());
    expect(again).toMatchObject({ position: dispensed.position, repeats: { repeats: 1 } });
    const undo = { step: 'undo_dispensing' as const, packs: [{ gtin: GTIN, serial: 'S1' }], notHandedOut: true };
    const undone = await world.take(0, 'clinic', undo, new Date(Date.now() + 1).toISOString());
    expect(undone.event).toMatchObject({ 'halisi:undoes': [`urn:halisi:erased:${dispensed.position}`] });
  });
});

describe('the database', () => {
  it('refuses any change of an event that is not its erasure, to its owner too', async () => {
    const { position } = await suspicion('S1');
    const changes = [
      `update event set body = null, secret = null, hash = null, request = null where position = ${position}`,
      `update event set body = '{}' where position = ${position}`,
      `delete from epc_event where position = ${position}`,
      `delete from capture_request where position = ${position}`,
    ];
    for (const change of changes) await expect(world.owner.query(change)).rejects.toMatchObject({ code: 'HL001' });
    await erase(actorAt('clinic'), position);
    const after = [
      `update event set step = 1 where position = ${position}`,
      `update event set body = '{}', secret = '', hash = '' where position = ${position}`,
      `delete from epc_event where position = ${position}`,
      'update erasure set reason = reason',
      'delete from erasure',
    ];
    for (const change of after) await expect(world.owner.query(change)).rejects.toMatchObject({ code: 'HL001' });
  });

  it('gives the server no right to erase but by the function that logs it', async () => {
    const { position } = await suspicion('S1');
    const [database] = world.databases;
    const statements = [
      `update event set body = null where position = ${position}`,
      'delete from capture_request',
      'insert into erasure select * from erasure',
    ];
    for (const statement of statements) {
      await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
