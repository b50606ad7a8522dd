/** The words that version 1.0 of GS1 Digital Link allowed in place of application identifiers. */
export const CONVENIENCE_ALPHAS: ReadonlyMap<string, string> = new Map([
  ['cpid', '8010'],
  ['cpsn', '8011'],
  ['cpv', '22'],
  ['gcn', '255'],
  ['gdti', '253'],
  ['giai', '8004'],
  ['ginc', '401'],
  ['gln', '414'],
  ['glnx', '254'],
  ['gmn', '8013'],
  ['grai', '8003'],
  ['gsin', '402'],
  ['gsrn', '8018'],
  ['gsrnp', '8017'],
  ['gtin', '01'],
  ['itip', '8006'],
  ['lot', '10'],
  ['party', '417'],
  ['refno', '8020'],
  ['ser', '21'],
  ['srin', '8019'],
  ['sscc', '00'],
]);

/** Writes application identifiers in place of convenience words, in path segments and query names; the rest stays. */
export function expandConvenienceAlphas(uri: string): string {
  const mark = uri.indexOf('?');
  const path = mark < 0 ? uri : uri.slice(0, mark);
  const aiOf = (word: string): string => (word === 'exp' ? '17' : (CONVENIENCE_ALPHAS.get(word) ?? word));
  const expanded = path.split('/').map(aiOf).join('/');
  if (mark < 0) return expanded;
  const query = uri.slice(mark + 1).split('&');
  const named = query.map((one) => {
    const [name, ...value] = one.split('=');
    return [aiOf(name!), ...value].join('=');
  });
  return `${expanded}?${named.join('&')}`;
}
