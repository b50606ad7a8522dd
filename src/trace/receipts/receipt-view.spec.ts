import { trailView } from '../../access/policy.js';
import { chosen, disclosable, present } from './receipt-view.js';

const A = 'https://id.gs1.org/01/09506000134352/21/A';
const B = 'https://id.gs1.org/01/09506000134352/21/B';
const event = {
  type: 'ObjectEvent',
  bizStep: 'shipping',
  eventTime: '2026-11-20T09:00:00.000+03:00',
  epcList: [A, B, A],
  bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9521001000000:PO-7' }],
  sourceList: [
    { type: 'possessing_party', source: 'https://id.gs1.org/417/9521001000000' },
    { type: 'location', source: 'https://id.gs1.org/414/9521001001014' },
  ],
  ilmd: { 'cbvmda:lotNumber': 'L1' },
  'halisi:price': 12,
};
const whole = disclosable(event, event);
const names = (wish: object, allowed = whole): string[] => [...chosen(allowed, wish)].sort();
const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('what a reader may have of an event', () => {
  it('is every disclosure where it sees the whole', () => {
    expect(whole.size).toBe(3 + 4 + 2 + 3 + 2 + 1);
  });

  it('is nothing of trade and no length of a list that was cut where it held one of the packs', () => {
    const part = disclosable(
      event,
      trailView(event, (epc) => epc === B),
    );
    expect([...part.keys()]).toEqual([
      ...['type', 'eventTime', 'bizStep', 'ilmd/~members', 'ilmd/cbvmda:lotNumber'],
      ...['sourceList/0', 'epcList/1'],
    ]);
  });

  it('has the length of a list that was not cut', () => {
    const part = disclosable(event, trailView(event));
    expect(part.get('epcList/~length')).toBe(3);
    expect(part.has('sourceList/~length')).toBe(false);
  });
});

describe('what is chosen of it', () => {
  it('is all without a wish', () => {
    expect(names({})).toEqual([...whole.keys()].sort());
  });

  it('is the fields that are named, each with its members', () => {
    expect(names({ fields: ['bizStep', 'bizTransactionList'] })).toEqual([
      ...['bizStep', 'bizTransactionList/0', 'bizTransactionList/~length'],
    ]);
  });

  it('is every mention of an EPC that is named, and what happened when', () => {
    expect(names({ epcs: [A] })).toEqual([
      ...['bizStep', 'epcList/0', 'epcList/2', 'eventTime', 'ilmd/cbvmda:lotNumber', 'type'],
    ]);
    expect(names({ fields: ['type'], epcs: [B] })).toEqual(['epcList/1', 'type']);
  });

  it('is refused where a field or an EPC is not there for this reader, hidden or absent alike', () => {
    const part = disclosable(
      event,
      trailView(event, (epc) => epc === B),
    );
    for (const field of ['price', 'halisi:price', 'bizTransactionList', 'epcList/0', 'epcList/~length', '', 'biz']) {
      expect(codeOf(() => chosen(part, { fields: [field] }))).toBe('RECEIPT_FIELD_UNKNOWN');
    }
    for (const epc of [A, 'C', 'shipping']) {
      expect(codeOf(() => chosen(part, { epcs: [epc] }))).toBe('RECEIPT_EPC_UNKNOWN');
    }
  });

  it('is of an event of a set what that has, and what is hidden in it is as absent', () => {
    const part = disclosable(
      event,
      trailView(event, (epc) => epc === B),
    );
    const wish = {
      fields: ['bizStep', 'bizTransactionList', 'halisi:price', 'ilmd/x', 'nothing', ''],
      epcs: [A, B, 'C'],
    };
    expect(present(part, wish)).toEqual({ fields: ['bizStep'], epcs: [B] });
    expect(present(whole, wish).fields).toEqual(['bizStep', 'bizTransactionList', 'halisi:price']);
    expect(present(whole, {})).toEqual({});
  });
});
