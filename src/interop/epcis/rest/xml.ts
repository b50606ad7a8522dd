const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot carry, not even escaped: most controls, lone surrogates, U+FFFE and U+FFFF. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Text as XML content or as the value of an attribute in double quotes. */
export const xmlText = (text: string): string =>
  text.replace(IMPOSSIBLE, '\uFFFD').replace(/[&<>"]/g, (character) => ESCAPES[character]!);

/** One element: attributes as given, `content` already XML. */
export function xmlElement(name: string, attributes: Readonly<Record<string, string>>, content: string): string {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${xmlText(value)}"`)].join(' ');
  return `<${head}>${content}</${name}>`;
}

/** An element that holds a text; nothing for undefined. */
export const xmlLeaf = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `<${name}>${xmlText(String(value))}</${name}>`;

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
