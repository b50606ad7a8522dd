import { ApiError } from './client.js';

/** Says what happens, a line a step, and fails loudly when it does not happen. */
export class Teller {
  private chapterNumber = 0;

  chapter(title: string): void {
    this.chapterNumber += 1;
    process.stdout.write(`\n${this.chapterNumber}. ${title}\n`);
  }

  say(line: string): void {
    process.stdout.write(`   ${line}\n`);
  }

  /** Throws unless `got` is what the story says. */
  expect(what: string, got: unknown, expected: unknown): void {
    if (got === expected) return;
    throw new Error(`The story goes otherwise: ${what} should be ${String(expected)}, it is ${String(got)}.`);
  }

  /** Tries what must be refused, and says how it was. */
  async refused(what: string, code: string, attempt: () => Promise<unknown>): Promise<void> {
    let refusal: ApiError;
    try {
      await attempt();
      throw new Error(`The story goes otherwise: ${what} was not refused.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refusal = error;
    }
    this.expect(`the refusal of "${what}"`, refusal.code, code);
    this.say(`${what}: refused, ${code}. "${refusal.message}"`);
  }
}
