import type { Command } from '../command.js';
import { checkEvidence } from './check-evidence.js';
import { acknowledge, monitor } from './monitor.js';
import { USAGE, readOptions } from './options.js';

export const monitorCommand: Command = {
  name: 'monitor',
  summary: 'follows a log and raises an alarm if it forks, shrinks or is contradicted',
  usage: USAGE,
  run(args, terminal) {
    const options = readOptions(args);
    if (options.kind === 'evidence') return checkEvidence(options, terminal);
    return options.kind === 'acknowledge' ? acknowledge(options, terminal) : monitor(options, terminal);
  },
};
