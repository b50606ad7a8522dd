import { Injectable } from '@nestjs/common';
import type { Act } from '../domain/custody/act.js';
import type { Command } from '../domain/custody/decide.js';
import type { ForeignReading } from '../domain/custody/foreign/reading.js';
import type { GroupReference } from './job.js';
import { PartnersDirectory } from '../partners/partners-directory.js';

/** What the custody rules ask about partners, from the directory in memory. */
@Injectable()
export class CaptureReference implements GroupReference {
  constructor(private readonly directory: PartnersDirectory) {}

  organisation = (id: number) => this.directory.organisation(id);
  site = (id: number) => this.directory.site(id);
  ownerOfGtin = (gtin: string) => this.directory.ownerOfGtin(gtin)?.id;
  ownerOfSscc = (sscc: string) => this.directory.ownerOfSscc(sscc)?.id;
  siteByGln = (gln: string) => this.directory.siteByGln(gln);
  organisationByGln = (gln: string) => this.directory.organisationByGln(gln);
  /** The site with the organisation's own GLN, else the one that was registered first. */
  homeOf = (organisation: number) => {
    const sites = this.directory.sitesOf(organisation);
    const gln = this.directory.organisation(organisation)?.gln;
    return (
      sites.find((site) => site.gln === gln)?.id ??
      (sites.length === 0 ? undefined : Math.min(...sites.map(({ id }) => id)))
    );
  };
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

  /**
   * Fetches the partners, places and products that an event names and that another process registered a moment ago. `asked`
   * remembers, for a whole document, what was looked for.
   */
  async prepareForeign(reading: ForeignReading, organisation: number, asked: Set<string>): Promise<void> {
    const { directory } = this;
    const first = (key: string): boolean => !asked.has(key) && asked.add(key).size > 0;
    if (!directory.organisation(organisation)) await directory.findOrganisation(organisation);
    const { place, parties } = reading.destination;
    for (const gln of [...reading.places, ...reading.partners, ...parties, ...(place === null ? [] : [place])]) {
      if (directory.siteByGln(gln) || directory.organisationByGln(gln) || !first(gln)) continue;
      const site = await directory.findSiteByGln(gln);
      if (site) await directory.findOrganisation(site.organisationId);
      else await directory.findOrganisationByGln(gln);
    }
    const made = reading.step === 'commissioning' ? reading.named.packs : reading.outputs.packs;
    const gtins = [...made, ...reading.lots, ...(reading.step === 'part_dispensing' ? reading.named.packs : [])];
    for (const { gtin } of gtins) {
      if (!first(gtin)) continue;
      if (!directory.ownerOfGtin(gtin)) await directory.findOwnerOfGtin(gtin);
      if (!directory.product(gtin)) await directory.findProduct(gtin);
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
