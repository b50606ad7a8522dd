import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor.js';
import { parseGln } from '../domain/gs1/gln.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { TraceRefusedError } from './trace-refusals.js';

/** The sites that a question is about. */
@Injectable()
export class OwnSites {
  constructor(private readonly directory: PartnersDirectory) {}

  /** All sites of the actor's organisation, or the one that is named. Throws SITE_NOT_YOURS. */
  async ids(actor: Actor, gln?: string | null): Promise<readonly number[]> {
    if (gln == null) return this.directory.sitesOf(actor.organisationId).map(({ id }) => id);
    const site = await this.directory.findSiteByGln(parseGln(gln));
    if (site && (site.organisationId === actor.organisationId || actor.organisationRole === 'regulator'))
      return [site.id];
    throw new TraceRefusedError('SITE_NOT_YOURS', `Your organisation has no site ${gln}.`, { gln });
  }
}
