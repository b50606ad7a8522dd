import { Injectable } from '@nestjs/common';
import { makeSscc } from '../domain/gs1/sscc.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { Database } from '../platform/database/database.js';
import { RequestRefusedError } from './step-refusals.js';

/** Numbers that a process reserves at once. What it does not use before it ends is never used. */
const BLOCK = 100;

/** SSCCs under an organisation's company prefix, each given out once (GS1 GenSpecs 2.2.1, 4.3.4). */
@Injectable()
export class SsccMint {
  private readonly blocks = new Map<string, { next: number; end: number }>();
  private readonly reserving = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly directory: PartnersDirectory,
  ) {}

  async next(organisation: number): Promise<string> {
    const prefix = (await this.directory.findOrganisation(organisation))?.prefixes[0];
    if (prefix === undefined) {
      throw new RequestRefusedError(
        'NO_COMPANY_PREFIX',
        'Your organisation owns no GS1 company prefix, so no SSCC can be minted: give one of the container yourself.',
      );
    }
    for (;;) {
      const block = this.blocks.get(prefix);
      if (block && block.next < block.end) return ssccOf(prefix, block.next++);
      const reserving = this.reserving.get(prefix) ?? this.reserve(prefix);
      this.reserving.set(prefix, reserving);
      await reserving.finally(() => this.reserving.delete(prefix));
    }
  }

  private async reserve(prefix: string): Promise<void> {
    const [row] = await this.database.query<{ next: number }>(
      'steps-mint-sscc',
      `insert into sscc_sequence (prefix, next) values ($1, $2) on conflict (prefix) do update set next = sscc_sequence.next + $2
       returning next`,
      [prefix, BLOCK],
    );
    this.blocks.set(prefix, { next: row!.next - BLOCK, end: row!.next });
  }
}

/** The counter runs through the serial references of each extension digit in turn. */
function ssccOf(prefix: string, counter: number): string {
  const references = 10 ** (16 - prefix.length);
  const extension = Math.floor(counter / references);
  if (extension <= 9) return makeSscc(extension, prefix, counter % references);
  throw new RequestRefusedError('SSCC_EXHAUSTED', `All SSCCs under the company prefix ${prefix} are used.`);
}
