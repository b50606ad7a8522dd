/** Where a command writes, and how it learns that it shall stop. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /**
   * Aborted when the process is told to end (SIGINT, SIGTERM). For commands that go on until then: whoever never asks
   * is ended at once, as any other process. A second signal ends everybody.
   */
  stopped(): AbortSignal;
}

/** 0: all is well. 1: something is broken, and it is named. 2: used wrongly. 3: what was to be looked at gave no answer. */
export type Status = 0 | 1 | 2 | 3;

/** A subcommand of `halisi-verify`, in a folder of its own. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text that `--help` prints. Ends with a line feed. */
  readonly usage: string;
  /** `args` are those behind its name, never `--help`. Throws UsageError. */
  run(args: readonly string[], terminal: Terminal): Promise<Status>;
}

/** The command was used wrongly: exit status 2, with its usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
