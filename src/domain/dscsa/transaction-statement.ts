import { namespacesOf } from '../epcis/context.js';
import type { DocumentHeader } from '../epcis/document.js';

/** The namespace of what GS1 US adds to EPCIS for the DSCSA. */
export const GS1_US_HC = 'http://epcis.gs1us.org/hc/ns';

export interface TransactionStatement {
  readonly affirmed: boolean;
  readonly legalNotice: string | null;
}

/** What a seller states by shipping (FDCA section 581(27)), in the words that shipment files have. */
export const TRANSACTION_STATEMENT: TransactionStatement = {
  affirmed: true,
  legalNotice: 'Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G).',
};

/** A statement as an extension of `epcisHeader`. */
export const statementBlock = ({ affirmed, legalNotice }: TransactionStatement) => ({
  'gs1ushc:dscsaTransactionStatement': {
    'gs1ushc:affirmTransactionStatement': String(affirmed),
    ...(legalNotice !== null && { 'gs1ushc:legalNotice': legalNotice }),
  },
});

/** The statement in the header of a document, under whatever prefix; undefined where there is none. */
export function statementIn(header: DocumentHeader): TransactionStatement | undefined {
  const namespaces = namespacesOf(header['@context']);
  const member = (of: unknown, local: string): unknown =>
    typeof of !== 'object' || of === null
      ? undefined
      : Object.entries(of).find(([name]) => {
          const colon = name.indexOf(':');
          const namespace = namespaces.get(name.slice(0, colon));
          return name.slice(colon + 1) === local && namespace?.replace(/[/#]$/, '') === GS1_US_HC;
        })?.[1];
  const block = member(header.epcisHeader, 'dscsaTransactionStatement');
  if (block === undefined) return undefined;
  const affirmed = member(block, 'affirmTransactionStatement');
  const notice = member(block, 'legalNotice');
  return {
    affirmed: affirmed === true || (typeof affirmed === 'string' && /^\s*(true|1)\s*$/.test(affirmed)),
    legalNotice: typeof notice === 'string' && notice.trim() !== '' ? notice.trim() : null,
  };
}
