import type { JsonValue } from '../event.js';
import { elementsOf, SBDH_NAMESPACE, textOf, type XmlElement } from './element.js';

/** What the Standard Business Document Header says that 2.0 JSON has words for. */
export interface Parties {
  readonly sender?: string;
  readonly receiver?: string;
  readonly instanceIdentifier?: string;
}

const sbdh = (local: string, content: readonly (string | XmlElement)[]): XmlElement => ({
  prefix: 'sbdh',
  local,
  uri: SBDH_NAMESPACE,
  attributes: [],
  content,
});

const inside = (element: XmlElement | undefined, local: string): readonly XmlElement[] =>
  element === undefined ? [] : elementsOf(element).filter((child) => child.local === local);

/** The first sender, the first receiver and the number of the document; what is empty is left out. */
export function partiesOf(header: XmlElement): Parties {
  const party = (role: string): string | undefined => first(inside(inside(header, role)[0], 'Identifier'));
  const sender = party('Sender');
  const receiver = party('Receiver');
  const instanceIdentifier = first(inside(inside(header, 'DocumentIdentification')[0], 'InstanceIdentifier'));
  return {
    ...(sender !== undefined && { sender }),
    ...(receiver !== undefined && { receiver }),
    ...(instanceIdentifier !== undefined && { instanceIdentifier }),
  };
}

function first([element]: readonly XmlElement[]): string | undefined {
  const text = element === undefined ? '' : textOf(element);
  return text.trim() === '' ? undefined : text;
}

/** The header that is written where the document does not carry one of its own. */
export function sbdhOf(parties: Parties, creationDate: string | undefined): XmlElement {
  const party = (role: string, identifier: string | undefined): readonly XmlElement[] =>
    identifier === undefined
      ? []
      : [
          sbdh(role, [
            {
              ...sbdh('Identifier', [identifier]),
              attributes: [{ prefix: '', local: 'Authority', uri: '', value: 'GS1' }],
            },
          ]),
        ];
  const field = (local: string, value: string | undefined): readonly XmlElement[] =>
    value === undefined ? [] : [sbdh(local, [value])];
  return sbdh('StandardBusinessDocumentHeader', [
    sbdh('HeaderVersion', ['1.0']),
    ...party('Sender', parties.sender),
    ...party('Receiver', parties.receiver),
    sbdh('DocumentIdentification', [
      ...field('Standard', 'EPCglobal'),
      ...field('TypeVersion', '1.0'),
      ...field('InstanceIdentifier', parties.instanceIdentifier),
      ...field('Type', 'Events'),
      ...field('CreationDateAndTime', creationDate),
    ]),
  ]);
}

/** True where two JSON values of headers say the same. */
export const saysTheSame = (a: JsonValue, b: JsonValue): boolean => JSON.stringify(a) === JSON.stringify(b);
