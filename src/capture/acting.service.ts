import { Injectable } from '@nestjs/common';
import { personOf, type Actor } from '../access/actor.js';
import type { Command } from '../domain/custody/decide.js';
import { StepRefusedError } from '../domain/custody/refusal.js';
import { parseGln } from '../domain/gs1/gln.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import type { ActingInput } from './acting.input.js';
import { CaptureService } from './capture.service.js';
import type { Captured } from './job.js';

/** Takes a command through the write path in the name of whoever is signed in. */
@Injectable()
export class Acting {
  constructor(
    private readonly capture: CaptureService,
    private readonly directory: PartnersDirectory,
  ) {}

  /** `content` is what the client asked, where the command has more than that (a minted SSCC). */
  async take(actor: Actor, input: ActingInput, command: Command, content?: unknown): Promise<Captured> {
    return this.capture.capture({
      command,
      content,
      act: {
        organisation: actor.organisationId,
        role: actor.organisationRole,
        site: await this.siteOf(actor, input.site),
        eventTime: input.eventTime,
      },
      person: personOf(actor) ?? null,
    });
  }

  /** A site of the actor's organisation by its GLN. Throws SITE_NOT_YOURS, whether or not it is somebody else's. */
  async siteOf(actor: Actor, text: string): Promise<number> {
    const gln = parseGln(text);
    const site = this.directory.siteByGln(gln) ?? (await this.directory.findSiteByGln(gln));
    if (site?.organisationId === actor.organisationId) return site.id;
    throw new StepRefusedError('SITE_NOT_YOURS', `Your organisation has no site ${gln}.`);
  }
}
