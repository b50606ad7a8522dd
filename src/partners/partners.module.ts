import { Global, Module } from '@nestjs/common';
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
  providers: [
    AccessTrailPartiesResolver,
    ClientsResolver,
    DemoNetwork,
    DirectoryFeed,
    DirectoryStore,
    FirstRegulator,
    FirstRegulatorResolver,
    MeResolver,
    OrganisationsResolver,
    PartnersDirectory,
    PartnersService,
    PartnersStore,
    PeopleResolver,
    PeopleService,
    PeopleStore,
    ProductOwnerResolver,
    ProductsResolver,
    SiteOwnerResolver,
    SitesResolver,
  ],
  exports: [PartnersDirectory, PartnersService, PartnersStore, PeopleStore],
})
export class PartnersModule {}
