import { MOST_DISCLOSURES, refuseMore } from './receipt-refusals.js';

describe('a receipt of more than an answer holds', () => {
  it('is refused, and the refusal says how to ask for less', () => {
    expect(() => refuseMore(MOST_DISCLOSURES, 3)).not.toThrow();
    expect(() => refuseMore(MOST_DISCLOSURES + 1, 1)).toThrow(/Ask for some EPCs/);
    expect(() => refuseMore(MOST_DISCLOSURES + 1, 3)).toThrow(/Ask for fewer events/);
  });
});
