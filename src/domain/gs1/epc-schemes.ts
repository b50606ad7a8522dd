/** How one GS1 key is written as an EPC URN (TDS 2.0, section 6.3) and as a GS1 Digital Link. */
export interface EpcScheme {
  /** The name within the URN. */
  readonly name: string;
  /** `urn:epc:` form of one thing; LGTIN is a class by itself. */
  readonly form: 'class' | 'id';
  /** True where `urn:epc:idpat:` with `*` names the class. */
  readonly pattern: boolean;
  readonly ai: string;
  /** Digits of company prefix and reference together; undefined where the reference is text. */
  readonly digits?: number;
  /** The first digit of the reference stands before the company prefix in the key (indicator, extension digit). */
  readonly leading: boolean;
  readonly checkDigit: boolean;
  /** Written before the key and nowhere in the URN (GRAI). */
  readonly filler: string;
  /** Regular expression of a reference that is text; the key is `longest` characters at most. */
  readonly reference?: string;
  readonly longest?: number;
  /** Digits that the key must start with in a Digital Link, where the reference is text; `prefix` is all of the prefix. */
  readonly textStart?: 'prefix' | 'six';
  /** Piece and total (ITIP). */
  readonly pieces: boolean;
  readonly serial?: {
    /** Its own identifier in the Digital Link; undefined where it is appended to the key. */
    readonly ai?: string;
    readonly expression: string;
    /** The serial that the URN writes for none (SGLN). */
    readonly none?: string;
  };
}

/**
 * A character of set 82, escaped or not; an escape counts as the one character that it stands for. There is one way only to read
 * any text, so that no input makes the matching explode.
 */
const TEXT = '(?:%[0-9A-Fa-f]{2}|%(?![0-9A-Fa-f]{2})|[!"&-?A-Z_a-z])';

const numeric = {
  form: 'id',
  pattern: false,
  leading: false,
  checkDigit: true,
  filler: '',
  pieces: false,
} as const;
const gtin = { ...numeric, ai: '01', digits: 13, leading: true } as const;
const text = { ...numeric, checkDigit: false, longest: 30 } as const;

/** Every EPC scheme of a GS1 key. Where two share an identifier, the one with a serial of its own comes first. */
export const EPC_SCHEMES: readonly EpcScheme[] = [
  { ...gtin, name: 'sgtin', pattern: true, serial: { ai: '21', expression: `${TEXT}{1,20}` } },
  { ...gtin, name: 'upui', serial: { ai: '235', expression: `${TEXT}{1,28}` } },
  { ...gtin, name: 'lgtin', form: 'class', serial: { ai: '10', expression: `${TEXT}{1,20}` } },
  { ...gtin, name: 'itip', ai: '8006', pattern: true, pieces: true, serial: { ai: '21', expression: `${TEXT}{1,20}` } },
  { ...numeric, name: 'sscc', ai: '00', digits: 17, leading: true },
  { ...numeric, name: 'sgln', ai: '414', digits: 12, serial: { ai: '254', expression: `${TEXT}{1,20}`, none: '0' } },
  { ...numeric, name: 'pgln', ai: '417', digits: 12 },
  {
    ...numeric,
    name: 'grai',
    ai: '8003',
    digits: 12,
    filler: '0',
    pattern: true,
    serial: { expression: `${TEXT}{1,16}` },
  },
  { ...numeric, name: 'gdti', ai: '253', digits: 12, pattern: true, serial: { expression: `${TEXT}{1,17}` } },
  { ...numeric, name: 'sgcn', ai: '255', digits: 12, pattern: true, serial: { expression: '\\d{1,12}' } },
  { ...numeric, name: 'gsrn', ai: '8018', digits: 17 },
  { ...numeric, name: 'gsrnp', ai: '8017', digits: 17 },
  { ...numeric, name: 'gsin', ai: '402', digits: 16 },
  { ...text, name: 'ginc', ai: '401', reference: `${TEXT}+`, textStart: 'prefix' },
  { ...text, name: 'giai', ai: '8004', reference: `${TEXT}+`, textStart: 'six' },
  {
    ...text,
    name: 'cpi',
    ai: '8010',
    pattern: true,
    reference: '[0-9A-Z#%/-]*',
    textStart: 'six',
    serial: { ai: '8011', expression: '\\d{1,12}' },
  },
];
