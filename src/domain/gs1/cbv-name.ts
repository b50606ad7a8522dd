/** The spellings of a CBV vocabulary element: `packing`, `urn:epcglobal:cbv:bizstep:packing`, `https://ref.gs1.org/cbv/BizStep-packing`. */
export type CbvForm = 'bare' | 'urn' | 'web';

/** The vocabularies by the name in the web URI, and the EPCIS fields that hold their elements, in lower case. */
const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  BizStep: ['bizstep'],
  Disp: ['disposition', 'persistentdisposition', 'set', 'unset'],
  BTT: ['biztransaction', 'biztransactionlist'],
  SDT: ['source', 'sourcelist', 'destination', 'destinationlist'],
  ER: ['errordeclaration', 'reason'],
};

const NAMES = Object.keys(VOCABULARIES);
const BY_FIELD = new Map(NAMES.flatMap((name) => VOCABULARIES[name]!.map((field) => [field, name] as const)));
const BY_LOWER = new Map(NAMES.map((name) => [name.toLowerCase(), name] as const));

const URN = 'urn:epcglobal:cbv:';
const WEB = 'https://ref.gs1.org/cbv/';
const CURIE = 'cbv:';

interface CbvName {
  readonly vocabulary: string;
  readonly element: string;
}

function readQualified(text: string): CbvName | undefined {
  if (text.startsWith(URN)) {
    const [name = '', ...rest] = text.slice(URN.length).split(':');
    const vocabulary = BY_LOWER.get(name);
    return vocabulary === undefined ? undefined : { vocabulary, element: rest.join(':') };
  }
  const rest = text.startsWith(WEB) ? text.slice(WEB.length) : text.startsWith(CURIE) ? text.slice(CURIE.length) : '';
  const dash = rest.indexOf('-');
  const vocabulary = dash < 0 ? undefined : NAMES.find((name) => name === rest.slice(0, dash));
  return vocabulary === undefined ? undefined : { vocabulary, element: rest.slice(dash + 1) };
}

function write({ vocabulary, element }: CbvName, form: CbvForm): string {
  if (form === 'bare') return element;
  return form === 'urn' ? `${URN}${vocabulary.toLowerCase()}:${element}` : `${WEB}${vocabulary}-${element}`;
}

/** Any spelling of a CBV element in another one; what is not of the CBV comes back as it is. */
export function toCbvForm(text: string, form: CbvForm): string {
  const name = readQualified(text);
  return name === undefined ? text : write(name, form);
}

/** As `toCbvForm`, and a bare word is an element of the vocabulary of that EPCIS field (in any case). */
export function toCbvFormOfField(text: string, field: string, form: CbvForm): string {
  const qualified = readQualified(text);
  if (qualified !== undefined) return write(qualified, form);
  const vocabulary = BY_FIELD.get(field.toLowerCase());
  return vocabulary !== undefined && /^[A-Za-z0-9_]+$/.test(text) ? write({ vocabulary, element: text }, form) : text;
}
