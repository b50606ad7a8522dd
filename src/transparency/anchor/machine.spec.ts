import { type AnchorState, type Sighting, decide, forgottenFrom, transitions } from './machine.js';

const nothing: Sighting = {
  inclusion: null,
  agreed: true,
  recordedBlock: null,
  known: true,
  finalBlock: 10,
  finalSize: 0,
  spentForGood: false,
  size: 0,
  stuck: false,
};
const inBlock = (blockNumber: number, success = true): Partial<Sighting> => ({
  inclusion: { txHash: '0x1', blockNumber, blockHash: `0x${blockNumber}`, success },
  recordedBlock: `0x${blockNumber}`,
  size: 5,
});

describe('the anchor machine', () => {
  it.each<[AnchorState, Partial<Sighting>, string, AnchorState]>([
    ['planned', {}, 'sign', 'signed'],
    ['signed', {}, 'send', 'sent'],
    ['signed', inBlock(11), 'settle', 'mined'],
    ['signed', { spentForGood: true }, 'abandon', 'abandoned'],
    ['sent', {}, 'wait', 'sent'],
    ['sent', { known: false }, 'send', 'sent'],
    ['sent', { stuck: true, known: false }, 'replace', 'signed'],
    ['sent', { ...inBlock(11), stuck: true }, 'settle', 'mined'],
    ['mined', {}, 'return', 'sent'],
    ['mined', { ...inBlock(12), recordedBlock: '0x11' }, 'move', 'mined'],
    ['mined', { ...inBlock(11), finalSize: 5 }, 'wait', 'mined'],
    ['mined', { ...inBlock(10), finalSize: 4 }, 'wait', 'mined'],
    ['mined', { ...inBlock(10), finalSize: 5 }, 'finalize', 'finalized'],
    ['mined', { ...inBlock(10), finalSize: 5, agreed: false }, 'wait', 'mined'],
    ['mined', { ...inBlock(10, false), agreed: false }, 'wait', 'mined'],
    ['mined', inBlock(11, false), 'wait', 'mined'],
    ['mined', inBlock(10, false), 'revert', 'reverted'],
    ['finalized', {}, 'wait', 'finalized'],
  ])('in %s, seeing %j, does %s and is then %s', (state, seen, action, to) => {
    expect(decide(state, { ...nothing, ...seen })).toEqual({ action, to });
  });

  it('has a last rule for every state, so that nothing is ever without one', () => {
    for (const rules of Object.values(transitions)) expect(rules.at(-1)?.when(nothing)).toBe(true);
  });
});

describe('what a chain forgot', () => {
  it('is nothing while every nonce between chain and us is on its way', () => {
    expect(forgottenFrom(5, 5, new Set())).toBeNull();
    expect(forgottenFrom(3, 5, new Set([3, 4]))).toBeNull();
    expect(forgottenFrom(9, 5, new Set())).toBeNull();
  });

  it("begins at the chain's nonce when one that ended is gone", () => {
    expect(forgottenFrom(3, 5, new Set([4]))).toBe(3);
  });
});
