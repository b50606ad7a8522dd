import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { type DemoOrganisation, demoNetwork, demoPassword } from '../../prisma/demo/network.js';
import { hashPassword } from '../access/passwords.js';
import { Config } from '../platform/config/config.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { StartupNotes } from '../platform/lifecycle.js';
import { PartnersDirectory } from './partners-directory.js';
import { PartnersStore } from './partners.store.js';
import { PeopleStore } from './people.store.js';

/** Fills an empty database with the demo network, and says at start how to sign in as whom. */
@Injectable()
export class DemoNetwork implements OnApplicationBootstrap {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Prisma) private readonly prisma: Prisma,
    @Inject(PartnersStore) private readonly partners: PartnersStore,
    @Inject(PeopleStore) private readonly people: PeopleStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
    @Inject(StartupNotes) private readonly notes: StartupNotes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.demo) return;
    if (await this.load()) await this.directory.load();
    if (this.directory.organisationByGln(demoNetwork[0]!.gln) !== undefined) this.notes.add(...signInNotes());
  }

  /** True when the network was loaded, false when the database holds organisations. Two processes load it once. */
  async load(): Promise<boolean> {
    if (await this.partners.hasOrganisation()) return false;
    const passwordHash = await hashPassword(demoPassword);
    return this.prisma.$transaction(async (tx) => {
      await this.partners.lockSetup(tx);
      if (await this.partners.hasOrganisation(tx)) return false;
      for (const organisation of demoNetwork) await this.insert(tx, organisation, passwordHash);
      return true;
    });
  }

  private async insert(tx: PrismaTx, demo: DemoOrganisation, passwordHash: string): Promise<void> {
    const organisationId = await this.partners.insertOrganisation(tx, demo);
    for (const prefix of demo.companyPrefixes) await this.partners.insertPrefix(tx, organisationId, prefix);
    for (const site of demo.sites) await this.partners.insertSite(tx, { ...site, organisationId });
    for (const person of demo.people) await this.people.insertPerson(tx, { ...person, organisationId, passwordHash });
    for (const product of demo.products) {
      await this.partners.insertProduct(tx, { ...product, organisationId }, randomBytes(32));
    }
  }
}

function signInNotes(): string[] {
  const lines = demoNetwork.map(
    ({ role, name, people }) => `  ${role.padEnd(12)} ${name}: ${people.map(({ email }) => email).join(', ')}`,
  );
  return [`Demo network: sign in with the password ${demoPassword} as`, ...lines];
}
