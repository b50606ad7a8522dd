/**
 * The GS1 modulo-10 check digit of the digits before it (GS1 GenSpecs 7.9.1): weights 3, 1, 3... from the right.
 * `digits` holds 0-9 only; anything else gives a meaningless answer.
 */
export function checkDigit(digits: string): string {
  return String((10 - (weightedSum(digits, digits.length) % 10)) % 10);
}

/** True when `digits` is all digits and its last one is the check digit of the others. */
export function hasValidCheckDigit(digits: string): boolean {
  const body = digits.length - 1;
  if (body < 1 || !isDigits(digits)) return false;
  return (weightedSum(digits, body) + digits.charCodeAt(body) - 48) % 10 === 0;
}

/** True when every character is 0-9; an empty string has none and is not digits. */
export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}

function weightedSum(digits: string, length: number): number {
  let sum = 0;
  for (let i = length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += (digits.charCodeAt(i) - 48) * weight;
  return sum;
}
