import fc from 'fast-check';
import { REASON_CODES } from '../../domain/verdict/reasons.js';
import { ADDITIONAL_INFO, dataOf, FAILURE_REASONS } from './message.js';

const ordered = (codes: readonly (typeof REASON_CODES)[number][]) =>
  REASON_CODES.filter((code) => codes.includes(code));

describe('dataOf', () => {
  it('tells what does not match: the serial number, the lot, the expiry, or both', () => {
    expect(dataOf(['unknown_serial'])).toEqual({ verified: false, verificationFailureReason: 'No_match_GTIN_Serial' });
    expect(dataOf(['lot_differs', 'recalled']).verificationFailureReason).toBe('No_match_GTIN_Serial_Lot');
    expect(dataOf(['expiry_differs']).verificationFailureReason).toBe('No_match_GTIN_Serial_Expiry');
    expect(dataOf(['lot_differs', 'expiry_differs', 'stolen']).verificationFailureReason).toBe(
      'No_match_GTIN_Serial_Lot_Expiry',
    );
  });

  it('says of a matching pack why it must not be sold on', () => {
    const out = 'Not_for_re-distribution';
    expect(dataOf(['recalled', 'expired'])).toEqual({
      ...{ verified: false, verificationFailureReason: out, additionalInfo: 'Recalled' },
    });
    expect(dataOf(['suspect']).additionalInfo).toBe('Suspect');
    expect(dataOf(['stolen']).additionalInfo).toBe('Illegitimate');
    expect(dataOf(['expired'])).toMatchObject({
      verificationFailureReason: 'Manufacturer_policy',
      additionalInfo: 'Expired',
    });
    expect(dataOf(['already_dispensed'])).toEqual({ verified: false, verificationFailureReason: out });
  });

  it('does not mind where a pack is', () => {
    expect(dataOf([])).toEqual({ verified: true });
    expect(dataOf(['in_transit', 'not_held_here'])).toEqual({ verified: true });
    expect(dataOf(['in_transit_to_you', 'not_held_here'])).toEqual({ verified: true });
  });

  it('uses the words of the standard alone, and gives a reason with every refusal and none without', () => {
    fc.assert(
      fc.property(fc.subarray([...REASON_CODES]), (codes) => {
        const { verified, verificationFailureReason, additionalInfo } = dataOf(ordered(codes));
        expect(verified).toBe(verificationFailureReason === undefined);
        if (verificationFailureReason !== undefined) expect(FAILURE_REASONS).toContain(verificationFailureReason);
        if (additionalInfo !== undefined) expect(ADDITIONAL_INFO).toContain(additionalInfo);
      }),
    );
  });
});
