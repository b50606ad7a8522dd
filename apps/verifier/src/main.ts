import type { Terminal } from './command.js';
import { run } from './run.js';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stopped: () => {
    const told = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => told.abort());
    return told.signal;
  },
};

process.exitCode = await run(process.argv.slice(2), terminal);
