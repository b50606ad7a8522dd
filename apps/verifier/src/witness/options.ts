import { parseArgs } from 'node:util';
import { isKeyName } from '../../../../src/domain/tlog/note-key.js';
import { UsageError } from '../command.js';

export const USAGE = `Usage: halisi-verify witness --listen HOST:PORT --state DIR --name NAME (--log VKEY... | --policy FILE) [--ml-dsa]

Runs a witness (c2sp.org/tlog-witness): it cosigns checkpoints of the logs that it follows, each only if it
extends the last that it cosigned. It refuses a log that forks, for good, and keeps the evidence.

  --listen HOST:PORT  where it answers HTTP; put a proxy with TLS before it
  --state DIR         its keys, what it cosigned and the forks that it saw; made if it is not there
  --name NAME         its name in cosignatures, such as witness.example.org
  --log VKEY          a key of a log that it follows; the key's name is the log's origin
  --policy FILE       follows the logs of this c2sp.org/tlog-policy
  --ml-dsa            cosigns with ML-DSA-44 too, beside Ed25519

It prints its verifier keys when it starts: logs and their readers need them. GET / shows its state.
Back up DIR/*.key. Never start a witness from an old copy of the rest of DIR: it could sign a fork.

Exit status: 0 it was told to end, 2 wrong usage or a state folder that cannot be used.
`;

export interface WitnessOptions {
  readonly host: string;
  readonly port: number;
  readonly state: string;
  readonly name: string;
  readonly logs: readonly string[];
  readonly policy?: string;
  readonly mlDsa: boolean;
}

/** Reads the arguments. Throws UsageError. */
export function readOptions(args: readonly string[]): WitnessOptions {
  const values = parsed(args);
  const { state, name, log: logs = [], policy } = values;
  if (state === undefined) throw new UsageError('--state DIR is missing.');
  if (name === undefined || !isKeyName(name)) {
    throw new UsageError('--name takes a name without white space and plus signs, such as witness.example.org.');
  }
  if (logs.length > 0 === (policy !== undefined)) throw new UsageError('Either --log or --policy says what to follow.');
  return {
    ...address(values.listen),
    state,
    name,
    logs,
    mlDsa: values['ml-dsa'] ?? false,
    ...(policy === undefined ? {} : { policy }),
  };
}

function address(listen = ''): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65535) {
    throw new UsageError(`--listen takes HOST:PORT, such as 127.0.0.1:7380, got ${JSON.stringify(listen)}.`);
  }
  return { host, port };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        listen: { type: 'string' },
        state: { type: 'string' },
        name: { type: 'string' },
        log: { type: 'string', multiple: true },
        policy: { type: 'string' },
        'ml-dsa': { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
