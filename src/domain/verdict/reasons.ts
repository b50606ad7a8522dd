/** The five answers (design part 4). The position in the list is what the database stores: append, never reorder. */
export const VERDICTS = ['genuine', 'genuine_do_not_supply', 'not_recognised', 'contradicted', 'cannot_tell'] as const;

export type VerdictKind = (typeof VERDICTS)[number];

/** What to do, in plain English; clients translate by the code. Codes are public API and stable. */
export const ADVICE = {
  may_supply: 'It may be supplied. Check the seal and the label as always.',
  may_use: 'Nothing recorded speaks against this pack. Check the seal, and ask your pharmacist when in doubt.',
  ask_again: 'Ask again in a moment. Until there is an answer, treat the pack as not verified.',
  scan_again: 'Scan the square code on the pack again, or type what is printed beside it. Have the scanner checked.',
  scan_pack: 'Scan the square code on the pack itself; it carries the serial number.',
  set_aside_and_report: 'Do not supply it. Set it aside, report it, and check the other packs of the same delivery.',
  set_aside: 'Do not supply it. Set it aside until whoever may release it has decided.',
  follow_recall: 'Do not supply it. Set it aside with all packs of the lot and follow the recall notice.',
  dispose: 'Do not supply it. Set it aside for disposal.',
  receive_first: 'Receive the delivery that it came with, then scan it again.',
  ask_sender: 'Do not supply it. Ask who sent it to ship it to you, then receive it.',
  check_dispensing:
    'Do not supply it again. If it never left your hands, undo the dispensing; otherwise set it aside and report it.',
  out_of_supply: 'Do not supply it. It was taken out of supply; find out how it came here.',
  do_not_use: 'Do not use it. Take it to a pharmacist or to the medicines authority.',
  return_recalled: 'Do not use it. Take it back to where you got it; ask a health worker if you have used some of it.',
  expected_if_dispensed:
    'If a pharmacy or clinic gave you this pack, that is as it should be. If not, do not use it and report it.',
  ask_pharmacist: 'Ask a pharmacist before you use it.',
} as const;

export type AdviceCode = keyof typeof ADVICE;

interface Row {
  readonly verdict: Exclude<VerdictKind, 'genuine'>;
  /** What it means, for people. */
  readonly text: string;
  /** What somebody who handles medicine does. */
  readonly advice: AdviceCode;
  /** What somebody does who got the medicine. */
  readonly publicAdvice: AdviceCode;
}

/**
 * Every reason, the gravest first: where several hold, the first in this table decides the verdict, and the others are
 * told beside it. The scan comes before the pack; what the pack contradicts before what blocks it; what reaches patients
 * before what is only out of place.
 */
export const REASONS = {
  state_unavailable: row('cannot_tell', 'What is recorded cannot be read just now.', 'ask_again', 'ask_again'),
  scan_unreadable: row('cannot_tell', 'The scan is no GS1 code that can be read.', 'scan_again', 'scan_again'),
  container_scanned: row('cannot_tell', 'This is the code of a case or pallet.', 'scan_pack', 'scan_pack'),
  no_serial: row('cannot_tell', 'The code carries no serial number.', 'scan_pack', 'scan_pack'),
  scan_ambiguous: row('cannot_tell', 'The scan can be read in several ways.', 'scan_again', 'scan_again'),
  scan_unreliable: row(
    'cannot_tell',
    'The scan is faulty, and repaired it does not fit what is recorded.',
    'scan_again',
    'scan_again',
  ),
  unknown_product: row(
    'not_recognised',
    'The product is not registered here.',
    'set_aside_and_report',
    'ask_pharmacist',
  ),
  only_reported: row(
    'cannot_tell',
    'Another system has reported this pack, but its history is not confirmed.',
    'ask_sender',
    'ask_pharmacist',
  ),
  unknown_serial: row(
    'not_recognised',
    'No pack of this product has this serial number.',
    'set_aside_and_report',
    'do_not_use',
  ),
  not_commissioned: row(
    'not_recognised',
    'The serial number was issued, but its maker has released no such pack.',
    'set_aside_and_report',
    'do_not_use',
  ),
  dispensed_elsewhere: row(
    'contradicted',
    'This pack was dispensed at another site: one of the two is a copy.',
    'set_aside_and_report',
    'do_not_use',
  ),
  lot_differs: row(
    'contradicted',
    'The lot on the pack is not the one recorded for it.',
    'set_aside_and_report',
    'do_not_use',
  ),
  expiry_differs: row(
    'contradicted',
    'The expiry on the pack is not the one recorded for it.',
    'set_aside_and_report',
    'do_not_use',
  ),
  recalled: row('genuine_do_not_supply', 'Its lot is recalled.', 'follow_recall', 'return_recalled'),
  withdrawn: row('genuine_do_not_supply', 'Its lot is withdrawn.', 'follow_recall', 'return_recalled'),
  stolen: row('genuine_do_not_supply', 'It is reported stolen.', 'set_aside_and_report', 'do_not_use'),
  clone_suspect: row(
    'genuine_do_not_supply',
    'A copy of this pack may be in circulation.',
    'set_aside_and_report',
    'do_not_use',
  ),
  suspect: row('genuine_do_not_supply', 'It is under suspicion.', 'set_aside', 'do_not_use'),
  destroyed: row('genuine_do_not_supply', 'It is recorded as destroyed.', 'out_of_supply', 'do_not_use'),
  expired: row('genuine_do_not_supply', 'It has expired.', 'dispose', 'do_not_use'),
  exported: row('genuine_do_not_supply', 'It was exported.', 'out_of_supply', 'ask_pharmacist'),
  sampled: row('genuine_do_not_supply', 'It was taken as a sample.', 'out_of_supply', 'do_not_use'),
  inactive: row('genuine_do_not_supply', 'Its code was taken out of use.', 'out_of_supply', 'do_not_use'),
  repacked: row('genuine_do_not_supply', 'It was repacked under another number.', 'out_of_supply', 'do_not_use'),
  lost: row('genuine_do_not_supply', 'It is reported lost.', 'set_aside_and_report', 'do_not_use'),
  excursion: row('genuine_do_not_supply', 'It was outside its temperature limits.', 'set_aside', 'do_not_use'),
  damaged: row('genuine_do_not_supply', 'It is reported damaged.', 'set_aside', 'do_not_use'),
  mismatch: row(
    'genuine_do_not_supply',
    'It was missing or unexpected when its delivery was received.',
    'set_aside',
    'ask_pharmacist',
  ),
  disputed: row('genuine_do_not_supply', 'Trading partners disagree about it.', 'set_aside', 'ask_pharmacist'),
  already_dispensed: row(
    'genuine_do_not_supply',
    'It was already dispensed.',
    'check_dispensing',
    'expected_if_dispensed',
  ),
  partially_dispensed: row(
    'genuine_do_not_supply',
    'Part of it was already dispensed.',
    'check_dispensing',
    'expected_if_dispensed',
  ),
  in_transit_to_you: row('genuine_do_not_supply', 'It is on its way to you.', 'receive_first', 'ask_pharmacist'),
  in_transit: row('genuine_do_not_supply', 'It is on its way to another place.', 'ask_sender', 'ask_pharmacist'),
  not_held_here: row('genuine_do_not_supply', 'It is recorded at another place.', 'ask_sender', 'ask_pharmacist'),
} as const satisfies Record<string, Row>;

/** Why a verdict is what it is. Codes are public API and stable. */
export type ReasonCode = keyof typeof REASONS;

/** Every reason, the gravest first. */
export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];

function row(verdict: Row['verdict'], text: string, advice: AdviceCode, publicAdvice: AdviceCode): Row {
  return { verdict, text, advice, publicAdvice };
}
