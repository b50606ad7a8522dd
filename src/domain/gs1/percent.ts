const UNRESERVED = new Array<boolean>(128).fill(false);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  UNRESERVED[character.charCodeAt(0)] = true;
}

const hexOf = (code: number): string => '%' + (code < 16 ? '0' : '') + code.toString(16).toUpperCase();

/**
 * Percent-encodes everything that RFC 3986 does not call unreserved, in upper-case hexadecimal, as the canonical GS1 Digital
 * Link form wants it. `text` is ASCII, as every GS1 key is.
 */
export function percentEncode(text: string): string {
  let i = 0;
  while (i < text.length && UNRESERVED[text.charCodeAt(i)] === true) i++;
  if (i === text.length) return text;
  let out = text.slice(0, i);
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    out += UNRESERVED[code] === true ? text[i]! : hexOf(code);
  }
  return out;
}

/** Undoes every `%XX`; a `%` that no two hexadecimal digits follow stays as it is. Bytes become characters one by one. */
export function percentDecode(text: string): string {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let out = '';
  let from = 0;
  for (; at >= 0; at = text.indexOf('%', at)) {
    const value = hexPair(text, at + 1);
    if (value >= 0) {
      out += text.slice(from, at) + String.fromCharCode(value);
      from = at + 3;
    }
    at += value >= 0 ? 3 : 1;
  }
  return out + text.slice(from);
}

function hexPair(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}
