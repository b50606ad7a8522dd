/** What is, or may be, wrong with a scan. The codes are public and stable. */
export type ScanFault =
  | 'CAPS_LOCK'
  | 'CHECK_DIGIT_WRONG'
  | 'EXPIRY_DAY_ZERO'
  | 'EXPIRY_INVALID'
  | 'EXPIRY_MISSING'
  | 'GLUED_CODES'
  | 'GTIN_NOT_14_DIGITS'
  | 'INVISIBLE_CHARACTERS'
  | 'KEYBOARD_AZERTY'
  | 'KEYBOARD_QWERTZ'
  | 'NOT_GS1'
  | 'PARENTHESES_IN_VALUE'
  | 'SEPARATOR_LOST'
  | 'SEPARATOR_SUBSTITUTED';

/** A fault, what was done about it in words for people, and how sure that is, above 0 and up to 1. */
export interface ScanFinding {
  readonly fault: ScanFault;
  readonly done: string;
  readonly confidence: number;
}

/** How the scan was written down. */
export type ScanForm = 'bracketed' | 'digital_link' | 'digits' | 'element_string';

/** What a scan says about a pack, a lot or a container. */
export interface ScanReading {
  /** 14 digits, check digit verified. */
  readonly gtin?: string;
  readonly serial?: string;
  readonly lot?: string;
  /** YYYY-MM-DD. */
  readonly expiry?: string;
  /** 18 digits, check digit verified. */
  readonly sscc?: string;
  /** Everything else, by application identifier. */
  readonly others: Readonly<Record<string, string>>;
}

/** One possible reading with what it took to get there and its share of the belief, all candidates together being 1. */
export interface ScanCandidate {
  readonly form: ScanForm;
  readonly reading: ScanReading;
  readonly repairs: readonly ScanFinding[];
  readonly notices: readonly ScanFinding[];
  readonly confidence: number;
}

/**
 * `clean`: read as it is. `repaired`: read after repairs, which are named. `ambiguous`: several readings are possible and none is
 * given as the reading. `unreadable`: no reading, the notices say why.
 */
export type ScanStatus = 'ambiguous' | 'clean' | 'repaired' | 'unreadable';

/** The answer of triage. `raw` is the scan, unchanged. */
export interface ScanResult {
  readonly raw: string;
  readonly status: ScanStatus;
  readonly form?: ScanForm;
  /** Only with `clean` and `repaired`. */
  readonly reading?: ScanReading;
  /** What was changed to get the reading. */
  readonly repairs: readonly ScanFinding[];
  /** What is worth knowing though nothing was changed. */
  readonly notices: readonly ScanFinding[];
  /** The other possible readings, the most probable first; all of them when the status is `ambiguous`. */
  readonly alternatives: readonly ScanCandidate[];
}

/** What is known from elsewhere and helps to rank the readings. */
export interface ScanContext {
  /** Lot numbers that exist for the product. */
  readonly lots?: readonly string[];
  /** How many characters its serial numbers have. */
  readonly serialLength?: number;
  /** The case of the letters in its serial numbers. */
  readonly letters?: 'lower' | 'upper';
  /** Places two-digit years; the year of today when absent. */
  readonly currentYear?: number;
}

/** A candidate on its way: belief as a score, greater is better. */
export interface Draft {
  readonly form: ScanForm;
  readonly reading: ScanReading;
  readonly repairs: readonly ScanFinding[];
  readonly notices: readonly ScanFinding[];
  readonly score: number;
}

export const finding = (fault: ScanFault, done: string, confidence: number): ScanFinding => ({
  fault,
  done,
  confidence,
});

export const yearOf = (context: ScanContext): number => context.currentYear ?? new Date().getUTCFullYear();
