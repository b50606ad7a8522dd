import type { Terminal } from './command.js';
import { run } from './run.js';

export interface Ran {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command with a terminal that keeps what is written. */
export async function runHere(args: readonly string[], stop = new AbortController()): Promise<Ran> {
  let output = '';
  let errors = '';
  const terminal: Terminal = {
    out: (text) => void (output += text),
    err: (text) => void (errors += text),
    stopped: () => stop.signal,
  };
  const status = await run(args, terminal);
  return { status, output, errors };
}
