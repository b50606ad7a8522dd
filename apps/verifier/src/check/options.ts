import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';

export const USAGE = `Usage: halisi-verify RECEIPT [--trust FILE|URL] [--rpc URL] [--strict] [--json]

Checks a Halisi receipt and says what it proves.

  --trust FILE|URL  a saved /.well-known/halisi.json, or its URL: whose log it is, and which contract
  --rpc URL         a JSON-RPC node of the chain, to ask the chain itself
  --strict          what was not asked counts as not proven
  --json            the report as JSON

Exit status: 0 every link that was asked holds, 1 a link is broken, 2 wrong usage.
`;

export interface Options {
  readonly receipt: string;
  readonly trust?: string;
  readonly rpc?: string;
  readonly strict: boolean;
  readonly json: boolean;
}

/** Reads the arguments. Throws UsageError. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [receipt, ...more] = positionals;
  if (receipt === undefined) throw new UsageError('The file of a receipt was expected.');
  if (more.length > 0) throw new UsageError(`One receipt was expected, got ${positionals.length}.`);
  if (values.rpc !== undefined && !/^https?:\/\//.test(values.rpc)) {
    throw new UsageError(`--rpc takes an http or https URL, got ${JSON.stringify(values.rpc)}.`);
  }
  const { trust, rpc, strict = false, json = false } = values;
  return { receipt, strict, json, ...(trust === undefined ? {} : { trust }), ...(rpc === undefined ? {} : { rpc }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        rpc: { type: 'string' },
        strict: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
