import { checkCommand } from './check/check.js';
import { type Command, type Status, type Terminal, UsageError } from './command.js';
import { witnessCommand } from './witness/witness.js';
import { monitorCommand } from './monitor/command.js';

/** The subcommands. The first is meant where none is named. */
export const COMMANDS: readonly [Command, ...Command[]] = [checkCommand, monitorCommand, witnessCommand];

/** Runs the command that the arguments name; the exit status. */
export async function run(args: readonly string[], terminal: Terminal): Promise<Status> {
  const { command, rest } = chosen(args);
  if (rest.some((argument) => argument === '--help' || argument === '-h')) {
    terminal.out(command === undefined ? overview() : command.usage);
    return 0;
  }
  const used = command ?? COMMANDS[0];
  try {
    return await used.run(rest, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(`halisi-verify: ${error.message}\n\n${used.usage}`);
    return 2;
  }
}

function chosen(args: readonly string[]): { readonly command?: Command; readonly rest: readonly string[] } {
  const command = COMMANDS.find(({ name }) => name === args[0]);
  return command === undefined ? { rest: args } : { command, rest: args.slice(1) };
}

function overview(): string {
  const others = COMMANDS.slice(1).map(({ name, summary }) => `  halisi-verify ${name.padEnd(8)} ${summary}\n`);
  if (others.length === 0) return COMMANDS[0].usage;
  return `${COMMANDS[0].usage}\nFurther commands (each explains itself with --help):\n\n${others.join('')}`;
}
