import { finding, type ScanFinding } from './result.js';

/** A scan as it would have been on the right keyboard. */
export interface Variant {
  readonly text: string;
  readonly repairs: readonly ScanFinding[];
  /** Added to the score of what it reads as. */
  readonly weight: number;
}

function layout(us: string, typed: string): ReadonlyMap<string, string> {
  const from = [...typed];
  return new Map([...us].map((character, at) => [from[at]!, character] as const));
}

/** What a German host shows when the scanner types as on a US keyboard: the shown character to the meant one. */
const QWERTZ = layout('yzYZ-/_?()=;:\'"[]\\+*&^@#<>~{}|', 'zyZYß-?_)=´öÖäÄü+#`(/&"§;:°Ü*\'');

/** The same for a French host; its unshifted digit row shows signs. */
const AZERTY = layout(
  '1234567890-aqzwAQZWmM;,./\'[]\\!@#$%^&*()_:"<>?{}|',
  '&é"\'(-è_çà)qawzQAWZ,?m;:!ù^$*1234567890°M%./§¨£µ',
);

const decode = (text: string, map: ReadonlyMap<string, string>): string =>
  [...text].map((character) => map.get(character) ?? character).join('');

const invertCase = (text: string): string =>
  text.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

const INVERTED_IDENTIFIER = /^\](?:D[12]|c[01]|q[13]|j[01]|i[01])/;
const INVERTED_DATABAR = /^\]E00[01]\d{14}(?!$)/;

function capsLock(text: string): Variant | undefined {
  if (/^https?:/.test(text)) return undefined;
  const inverted = invertCase(text);
  if (inverted === text) return undefined;
  const link = /^HTTPS?:\/\//.test(text);
  const certain = INVERTED_IDENTIFIER.test(text) || INVERTED_DATABAR.test(text) || (link && /[a-z]/.test(text));
  const repair = finding('CAPS_LOCK', 'Capital and small letters were exchanged.', certain ? 0.97 : 0.4);
  return { text: inverted, repairs: [repair], weight: certain ? 3 : -2 };
}

function qwertz(text: string): Variant | undefined {
  if (/^https?:\/\//i.test(text) || text.startsWith('(')) return undefined;
  const decoded = decode(text, QWERTZ);
  if (decoded === text) return undefined;
  const certain = /^\+(?:d2|C1|Q[13]|e0|E[04]|J1)/i.test(text) || /[ßöäüÖÄÜ§°´]/.test(text);
  const repair = finding(
    'KEYBOARD_QWERTZ',
    'Read as typed on a German keyboard (Y and Z, signs).',
    certain ? 0.95 : 0.2,
  );
  return { text: decoded, repairs: [repair], weight: certain ? 1 : -3 };
}

function azerty(text: string): Variant | undefined {
  if (!/[éèçà]/.test(text)) return undefined;
  const repair = finding('KEYBOARD_AZERTY', 'Read as typed on a French keyboard (digits, A/Q, W/Z, M).', 0.95);
  return { text: decode(text, AZERTY), repairs: [repair], weight: 1 };
}

const both = (first: Variant, second: Variant | undefined): Variant | undefined =>
  second && { ...second, repairs: [...first.repairs, ...second.repairs], weight: first.weight + second.weight };

/** The scan as it would be without the keyboard faults that can have made it. */
export function otherKeyboards(text: string): readonly Variant[] {
  const french = azerty(text);
  if (french !== undefined) return [french, both(french, capsLock(french.text))].filter((one) => one !== undefined);
  const german = qwertz(text);
  const germanCaps = german === undefined ? undefined : both(german, capsLock(german.text));
  return [capsLock(text), german, germanCaps].filter((one) => one !== undefined);
}
