import fc from 'fast-check';
import { HOLD_KINDS, type RecallClass } from '../custody/holds.js';
import { LIVES } from '../custody/life.js';
import type { OrganisationRole } from '../custody/world.js';
import type { PackRecord, RecordedHold, ScanFacts, VerdictFacts, Viewer } from './facts.js';
import { publicAnswer } from './public-answer.js';
import { ADVICE, REASON_CODES, REASONS, VERDICTS } from './reasons.js';
import { verdictOf } from './verdict.js';

const HERE = 4711;
const THERE = 4712;
const MINE = 815;
const THEIRS = 816;
const GTIN = '09506000134352';

const reading = { gtin: GTIN, serial: 'A1', lot: 'L1', expiry: '2028-06-30', others: {} };
const scan: ScanFacts = { status: 'clean', reading, repairs: [], notices: [], fault: null };
const pack: PackRecord = {
  life: 'active',
  holder: MINE,
  site: HERE,
  destination: null,
  lot: 'L1',
  expiry: '2028-06-30',
  holds: [],
};
const clinic: Viewer = { organisation: MINE, role: 'clinic', site: HERE };
const otherClinic: Viewer = { organisation: THEIRS, role: 'clinic', site: THERE };
const regulator: Viewer = { organisation: 1, role: 'regulator', site: 2 };
const facts: VerdictFacts = {
  scan,
  productKnown: true,
  serialIssued: false,
  pack,
  viewer: clinic,
  today: '2026-11-22',
};

const outcome = (changes: Partial<VerdictFacts>) => {
  const { verdict, reason } = verdictOf({ ...facts, ...changes });
  return [verdict, reason];
};
const withPack = (changes: Partial<PackRecord>, viewer: Viewer = clinic) =>
  outcome({ pack: { ...pack, ...changes }, viewer });

const roles: OrganisationRole[] = ['manufacturer', 'distributor', 'clinic', 'regulator', 'auditor'];
const id = fc.constantFrom(HERE, THERE);
const anyHold: fc.Arbitrary<RecordedHold> = fc.record({
  kind: fc.constantFrom(...HOLD_KINDS),
  recallClass: fc.constantFrom<RecallClass | null>(null, 1, 2, 3, 4),
});
const anyScan: fc.Arbitrary<ScanFacts> = fc.record({
  status: fc.constantFrom('clean', 'repaired', 'ambiguous', 'unreadable'),
  reading: fc.option(
    fc.record(
      {
        gtin: fc.constant(GTIN),
        serial: fc.constant('A1'),
        lot: fc.constantFrom('L1', 'L2'),
        expiry: fc.constantFrom('2028-06-30', '2029-06-30'),
        sscc: fc.constant('195210010000000014'),
        others: fc.constant({}),
      },
      { requiredKeys: ['others'] },
    ),
    { nil: undefined },
  ),
  repairs: fc.constant([]),
  notices: fc.constant([]),
  fault: fc.constantFrom(null, null, null, 'scan_unreadable', 'scan_ambiguous', 'scan_unreliable'),
});
const anyPack: fc.Arbitrary<PackRecord> = fc.record({
  life: fc.constantFrom(...LIVES),
  holder: fc.option(fc.constantFrom(MINE, THEIRS)),
  site: fc.option(id),
  destination: fc.option(id),
  lot: fc.constant('L1'),
  expiry: fc.constant('2028-06-30'),
  holds: fc.array(anyHold, { maxLength: 4 }),
});
const anyViewer: fc.Arbitrary<Viewer> = fc.oneof(
  fc.constant('public' as const),
  fc.record({ organisation: fc.constantFrom(MINE, THEIRS), role: fc.constantFrom(...roles), site: fc.option(id) }),
);
const anyFacts: fc.Arbitrary<VerdictFacts> = fc.record({
  scan: anyScan,
  productKnown: fc.boolean(),
  serialIssued: fc.boolean(),
  pack: fc.oneof(fc.constant(undefined), fc.constant('unavailable' as const), anyPack),
  viewer: anyViewer,
  today: fc.constantFrom('2026-11-22', '2028-06-30', '2028-07-01'),
});

describe('verdictOf', () => {
  it('is genuine where everything agrees, to the last day of use', () => {
    expect(outcome({})).toEqual(['genuine', null]);
    expect(outcome({ today: '2028-06-30' })).toEqual(['genuine', null]);
    expect(outcome({ today: '2028-07-01' })).toEqual(['genuine_do_not_supply', 'expired']);
  });

  it('puts the scan before the pack', () => {
    const held = { ...pack, holds: [{ kind: 'recalled', recallClass: 1 } as const] };
    for (const fault of ['scan_unreadable', 'scan_ambiguous', 'scan_unreliable'] as const) {
      expect(outcome({ scan: { ...scan, fault }, pack: held })).toEqual(['cannot_tell', fault]);
    }
    const noSerial = { gtin: GTIN, lot: 'L1', others: {} };
    expect(outcome({ scan: { ...scan, reading: noSerial } })).toEqual(['cannot_tell', 'no_serial']);
    const container = { sscc: '195210010000000014', others: {} };
    expect(outcome({ scan: { ...scan, reading: container } })).toEqual(['cannot_tell', 'container_scanned']);
    expect(outcome({ scan: { ...scan, reading: undefined } })).toEqual(['cannot_tell', 'scan_unreadable']);
  });

  it('cannot tell where the records cannot be read', () => {
    expect(outcome({ pack: 'unavailable' })).toEqual(['cannot_tell', 'state_unavailable']);
  });

  it('does not recognise what nobody released', () => {
    expect(outcome({ pack: undefined, productKnown: false })).toEqual(['not_recognised', 'unknown_product']);
    expect(outcome({ pack: undefined })).toEqual(['not_recognised', 'unknown_serial']);
    expect(outcome({ pack: undefined, serialIssued: true })).toEqual(['not_recognised', 'not_commissioned']);
    expect(withPack({ life: 'encoded' })).toEqual(['not_recognised', 'not_commissioned']);
  });

  it('says what differs, expected and got', () => {
    const other = { ...scan, reading: { ...reading, lot: 'L2', expiry: '2029-06-30' } };
    expect(verdictOf({ ...facts, scan: other })).toEqual({
      verdict: 'contradicted',
      reason: 'lot_differs',
      reasons: ['lot_differs', 'expiry_differs'],
      advice: 'set_aside_and_report',
      differences: [
        { field: 'lot', expected: 'L1', got: 'L2' },
        { field: 'expiry', expected: '2028-06-30', got: '2029-06-30' },
      ],
    });
    const bare = { gtin: GTIN, serial: 'A1', others: {} };
    expect(outcome({ scan: { ...scan, reading: bare } })).toEqual(['genuine', null]);
  });

  it('looks at the place of those who supply, and of nobody else', () => {
    expect(withPack({}, otherClinic)).toEqual(['genuine_do_not_supply', 'not_held_here']);
    expect(withPack({}, { organisation: THEIRS, role: 'distributor', site: THERE })).toEqual([
      'genuine_do_not_supply',
      'not_held_here',
    ]);
    for (const role of ['regulator', 'auditor', 'manufacturer'] as const) {
      expect(withPack({}, { organisation: 1, role, site: THERE })).toEqual(['genuine', null]);
    }
    expect(withPack({}, 'public')).toEqual(['genuine', null]);
    expect(withPack({ life: 'in_transit', destination: THERE }, otherClinic)).toEqual([
      'genuine_do_not_supply',
      'in_transit_to_you',
    ]);
    expect(withPack({ life: 'in_transit', destination: THERE })).toEqual(['genuine_do_not_supply', 'in_transit']);
  });

  it('tells a repeat from a copy', () => {
    expect(withPack({ life: 'dispensed' })).toEqual(['genuine_do_not_supply', 'already_dispensed']);
    expect(withPack({ life: 'dispensed' }, otherClinic)).toEqual(['contradicted', 'dispensed_elsewhere']);
    expect(withPack({ life: 'dispensed' }, regulator)).toEqual(['genuine_do_not_supply', 'already_dispensed']);
    expect(withPack({ life: 'dispensed' }, 'public')).toEqual(['genuine_do_not_supply', 'already_dispensed']);
    expect(withPack({ life: 'partially_dispensed' })).toEqual(['genuine', null]);
    expect(withPack({ life: 'partially_dispensed' }, otherClinic)).toEqual([
      'genuine_do_not_supply',
      'partially_dispensed',
    ]);
  });

  it('names the gravest reason first, and all the others', () => {
    const holds = [
      { kind: 'mismatch', recallClass: null },
      { kind: 'suspect', recallClass: null },
      { kind: 'recalled', recallClass: 1 },
    ] as const;
    const grave = { ...facts, pack: { ...pack, life: 'stolen' as const, holds }, today: '2030-01-01' };
    expect(verdictOf(grave).reasons).toEqual(['recalled', 'stolen', 'suspect', 'expired', 'mismatch']);
  });

  it('has exactly one verdict for every combination of facts', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const { verdict, reason, reasons, advice } = verdictOf(any);
        expect(VERDICTS).toContain(verdict);
        expect(Object.keys(ADVICE)).toContain(advice);
        expect(reason).toBe(reasons[0] ?? null);
        expect(verdict).toBe(reason === null ? 'genuine' : REASONS[reason].verdict);
        expect(reasons).toEqual(REASON_CODES.filter((code) => reasons.includes(code)));
        expect(new Set(reasons).size).toBe(reasons.length);
      }),
    );
  });

  it('never becomes genuine by another hold, and never answers a lesser reason', () => {
    fc.assert(
      fc.property(anyFacts, anyPack, anyHold, (any, record, hold) => {
        const before = verdictOf({ ...any, pack: record });
        const after = verdictOf({ ...any, pack: { ...record, holds: [...record.holds, hold] } });
        expect(after.verdict).not.toBe('genuine');
        for (const reason of before.reasons) expect(after.reasons).toContain(reason);
        const rank = (reason: (typeof REASON_CODES)[number] | null) =>
          reason === null ? Infinity : REASON_CODES.indexOf(reason);
        expect(rank(after.reason)).toBeLessThanOrEqual(rank(before.reason));
      }),
    );
  });

  it('never calls genuine what is not recorded, not released or out of supply', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        if (verdictOf(any).verdict !== 'genuine') return;
        expect(['active', 'partially_dispensed']).toContain((any.pack as PackRecord).life);
      }),
    );
  });
});

describe('publicAnswer', () => {
  it('never says who holds a pack or where, and of a wrong code not what is right', () => {
    fc.assert(
      fc.property(anyFacts, anyPack, (any, record) => {
        const verdict = verdictOf({ ...any, pack: record, viewer: 'public' });
        const answer = publicAnswer(verdict, any.scan.reading, record);
        expect(Object.keys(answer).sort()).toEqual(['advice', 'expiry', 'gtin', 'lot', 'reason', 'verdict']);
        for (const secret of [HERE, THERE, MINE, THEIRS]) expect(JSON.stringify(answer)).not.toContain(String(secret));
        if (verdict.verdict === 'contradicted' || verdict.verdict === 'cannot_tell') {
          expect(answer.lot).toBe(any.scan.reading?.lot ?? null);
          expect(answer.expiry).toBe(any.scan.reading?.expiry ?? null);
        }
      }),
    );
  });

  it('shows the recorded lot and expiry of a genuine pack whose code lacks them', () => {
    const bare = { gtin: GTIN, serial: 'A1', others: {} };
    const verdict = verdictOf({ ...facts, scan: { ...scan, reading: bare }, viewer: 'public' });
    expect(publicAnswer(verdict, bare, pack)).toEqual({
      verdict: 'genuine',
      reason: null,
      advice: 'may_use',
      gtin: GTIN,
      lot: 'L1',
      expiry: '2028-06-30',
    });
  });
});
