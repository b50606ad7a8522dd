import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';

export const USAGE = `Usage: halisi-verify [check] RECEIPT|FOLDER... [--trust FILE|URL|FOLDER] [--rpc URL]... [--strict] [--json]

Checks Halisi receipts and says what they prove: files, and folders with all that is in them.

  --trust FILE|URL|FOLDER  a saved /.well-known/halisi.json, its URL, or a folder of such files: whose log it is,
                           and which contract. May be given more than once
  --rpc URL                a JSON-RPC node of the chain, to ask the chain itself. Given more than once: all nodes of
                           one chain must say the same
  --strict                 what was not asked counts as not proven
  --json                   the report as JSON: a list with one object for each file

Exit status: 0 every link that was asked holds, 1 a link is broken, 2 wrong usage.
`;

export interface Options {
  /** Files and folders; at least one. */
  readonly paths: readonly string[];
  readonly trust: readonly string[];
  readonly rpc: readonly string[];
  readonly strict: boolean;
  readonly json: boolean;
}

/** Reads the arguments. Throws UsageError. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals: paths } = parse(args);
  const { trust = [], rpc = [], strict = false, json = false } = values;
  if (paths.length === 0) throw new UsageError('The file of a receipt was expected, or a folder of them.');
  const wrong = rpc.find((url) => !/^https?:\/\//.test(url));
  if (wrong !== undefined) throw new UsageError(`--rpc takes an http or https URL, got ${JSON.stringify(wrong)}.`);
  return { paths, trust, rpc, strict, json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string', multiple: true },
        rpc: { type: 'string', multiple: true },
        strict: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
