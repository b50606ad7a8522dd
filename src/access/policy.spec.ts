import fc from 'fast-check';
import { abilities, abilitiesOf, mayAct } from './abilities.js';
import { organisationRoles, personRoles } from './actor.js';
import { canSeeEvent, canSeeOwn, canSeeTrail, eventView, othersAmong, trailView } from './policy.js';

const actor = (organisationId: number, organisationRole: (typeof organisationRoles)[number] = 'distributor') => ({
  organisationId,
  organisationRole,
});

describe('the policy', () => {
  const event = { capturedBy: 1, parties: [2] };

  it('shows an event in full to who captured it and to its parties', () => {
    expect(eventView(actor(1), event)).toBe('full');
    expect(eventView(actor(2), event)).toBe('full');
  });

  it('hides an event from everybody else', () => {
    expect(eventView(actor(3), event)).toBe('hidden');
    expect(canSeeEvent(actor(3), event)).toBe(false);
    expect(canSeeTrail(actor(3), { holders: [1, 2] })).toBe(false);
  });

  it('shows a holder the trail of its pack, and no more than that', () => {
    expect(eventView(actor(3), event, { holders: [1, 2, 3] })).toBe('trail');
    expect(canSeeTrail(actor(3), { holders: [3] })).toBe(true);
    expect(canSeeEvent(actor(3), event)).toBe(false);
  });

  it('shows the regulator everything in full and the auditor everything without commercial fields', () => {
    expect(eventView(actor(9, 'regulator'), event)).toBe('full');
    expect(eventView(actor(9, 'auditor'), event)).toBe('trail');
    expect(canSeeOwn(actor(9, 'auditor'), 1)).toBe(true);
    expect(canSeeOwn(actor(9), 1)).toBe(false);
  });

  it('never shows an ordinary organisation an event that names it nowhere', () => {
    const ids = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(ids, ids, fc.array(ids), fc.array(ids), (me, capturedBy, parties, holders) => {
        const named = capturedBy === me || parties.includes(me);
        const held = holders.includes(me);
        const expected = named ? 'full' : held ? 'trail' : 'hidden';
        expect(eventView(actor(me), { capturedBy, parties }, { holders })).toBe(expected);
      }),
    );
  });

  it('names each other owner once and never the reader itself', () => {
    expect(othersAmong(actor(2), [1, 2, 3, 3, 1])).toEqual([1, 3]);
  });
});

describe('trailView', () => {
  const shipping = {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    eventTime: '2026-03-01T08:00:00.000+03:00',
    bizStep: 'shipping',
    epcList: ['a', 'b', 'c'],
    quantityList: [{ epcClass: 'x', quantity: 5 }],
    bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9506000134352:PO-1' }],
    sourceList: [
      { type: 'owning_party', source: 'https://id.gs1.org/417/9506000134352' },
      { type: 'location', source: 'https://id.gs1.org/414/9506000134376' },
    ],
    destinationList: [{ type: 'urn:epcglobal:cbv:sdt:possessing_party', destination: 'p' }],
    'acme:price': '4.20',
  };

  it('keeps the organisations and leaves out what is commercial', () => {
    const view = trailView(shipping, (epc) => epc === 'b');
    expect(view['bizTransactionList']).toBeUndefined();
    expect(view['quantityList']).toBeUndefined();
    expect(view['acme:price']).toBeUndefined();
    expect(view['epcList']).toEqual(['b']);
    expect(view['sourceList']).toEqual([shipping.sourceList[0]]);
    expect(view['destinationList']).toEqual(shipping.destinationList);
    expect(view['bizStep']).toBe('shipping');
  });

  it('leaves the event itself as it was', () => {
    const before = structuredClone(shipping);
    trailView(shipping, () => false);
    expect(shipping).toEqual(before);
  });
});

describe('abilities', () => {
  it('gives an auditor nothing that writes packs', () => {
    for (const role of personRoles) {
      const may = abilitiesOf({ organisationRole: 'auditor', roles: [role] });
      expect(may).not.toEqual(expect.arrayContaining(['move']));
      expect(
        may.filter((each) => ['commission', 'dispense', 'decommission', 'recall', 'capture'].includes(each)),
      ).toEqual([]);
    }
  });

  it('wants both the organisation and the person to be in the row', () => {
    expect(mayAct({ organisationRole: 'clinic', roles: ['pharmacist'] }, 'dispense')).toBe(true);
    expect(mayAct({ organisationRole: 'distributor', roles: ['pharmacist'] }, 'dispense')).toBe(false);
    expect(mayAct({ organisationRole: 'clinic', roles: ['operator'] }, 'dispense')).toBe(false);
    expect(mayAct({ organisationRole: 'clinic', roles: [] }, 'read')).toBe(false);
  });

  it('lets only a regulator register organisations', () => {
    for (const organisationRole of organisationRoles) {
      expect(mayAct({ organisationRole, roles: [...personRoles] }, 'register_organisations')).toBe(
        organisationRole === 'regulator',
      );
    }
    expect(Object.keys(abilities)).toContain('read');
  });
});
