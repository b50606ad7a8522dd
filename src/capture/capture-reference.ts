import { Injectable } from '@nestjs/common';
import type { Act } from '../domain/custody/act.js';
import type { Command } from '../domain/custody/decide.js';
import type { GroupReference } from './group.js';
import { PartnersDirectory } from '../partners/partners-directory.js';

/** What the custody rules ask about partners, from the directory in memory. */
@Injectable()
export class CaptureReference implements GroupReference {
  constructor(private readonly directory: PartnersDirectory) {}

  organisation = (id: number) => this.directory.organisation(id);
  site = (id: number) => this.directory.site(id);
  ownerOfGtin = (gtin: string) => this.directory.ownerOfGtin(gtin)?.id;
  ownerOfSscc = (sscc: string) => this.directory.ownerOfSscc(sscc)?.id;
  packSize = (gtin: string) => this.directory.product(gtin)?.packSize;

  /** Fetches sites, with their organisations, that another process registered a moment ago. */
  async know(sites: Iterable<number>): Promise<void> {
    for (const id of new Set(sites)) {
      const site = this.directory.site(id) ?? (await this.directory.findSite(id));
      if (site && !this.directory.organisation(site.organisationId)) {
        await this.directory.findOrganisation(site.organisationId);
      }
    }
  }

  /** Fetches what another process registered a moment ago, so that the rules find it in memory. */
  async prepare(command: Command, act: Omit<Act, 'recordTime'>): Promise<void> {
    const { directory } = this;
    if (!directory.site(act.site)) await directory.findSite(act.site);
    if (!directory.organisation(act.organisation)) await directory.findOrganisation(act.organisation);
    switch (command.step) {
      case 'commissioning':
      case 'recalling':
      case 'lifting_recall':
        if (!directory.ownerOfGtin(command.gtin)) await directory.findOwnerOfGtin(command.gtin);
        return;
      case 'shipping': {
        const site = await directory.findSite(command.toSite);
        if (site && !directory.organisation(site.organisationId)) await directory.findOrganisation(site.organisationId);
        return;
      }
      case 'part_dispensing':
        if (!directory.product(command.pack.gtin)) await directory.findProduct(command.pack.gtin);
        return;
      case 'undo_dispensing':
        for (const gtin of new Set(command.packs.map((pack) => pack.gtin))) {
          if (!directory.product(gtin)) await directory.findProduct(gtin);
        }
        return;
      default:
        return;
    }
  }
}
