import { Global, Module } from '@nestjs/common';
import { BulkStore } from './bulk.store.js';
import { DemoNetwork } from './demo-network.js';
import { DirectoryFeed } from './directory-feed.js';
import { DirectoryStore } from './directory.store.js';
import { FirstRegulator } from './first-regulator.js';
import { FirstRegulatorResolver } from './first-regulator.resolver.js';
import {
  AccessTrailPartiesResolver,
  MeResolver,
  OrganisationsResolver,
  ProductOwnerResolver,
  SiteOwnerResolver,
} from './organisations.resolver.js';
import {
  OrganisationChangesResolver,
  ProductChangesResolver,
  SiteChangesResolver,
} from './partner-changes.resolver.js';
import { MasterDataModule } from './master-data/master-data.module.js';
import { PartnerChangesService } from './partner-changes.service.js';
import { PartnersDirectory } from './partners-directory.js';
import { PartnersService } from './partners.service.js';
import { PartnersStore } from './partners.store.js';
import { ClientsResolver, PeopleResolver } from './people.resolver.js';
import { PeopleService } from './people.service.js';
import { PeopleStore } from './people.store.js';
import { ProductsResolver, SitesResolver } from './sites-products.resolver.js';

/** Organisations, sites, people, machine clients and products. Exports PartnersDirectory to every module. */
@Global()
@Module({
  imports: [MasterDataModule],
  providers: [
    AccessTrailPartiesResolver,
    BulkStore,
    ClientsResolver,
    DemoNetwork,
    DirectoryFeed,
    DirectoryStore,
    FirstRegulator,
    FirstRegulatorResolver,
    MeResolver,
    OrganisationChangesResolver,
    OrganisationsResolver,
    PartnerChangesService,
    PartnersDirectory,
    PartnersService,
    PartnersStore,
    PeopleResolver,
    PeopleService,
    PeopleStore,
    ProductChangesResolver,
    ProductOwnerResolver,
    ProductsResolver,
    SiteChangesResolver,
    SiteOwnerResolver,
    SitesResolver,
  ],
  exports: [BulkStore, PartnersDirectory, PartnersService, PartnersStore, PeopleStore],
})
export class PartnersModule {}
