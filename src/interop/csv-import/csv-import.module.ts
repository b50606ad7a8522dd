import { Module } from '@nestjs/common';
import { CsvImportController } from './csv-import.controller.js';
import { CsvImport } from './csv-import.service.js';
import { MasterDataImport } from './kinds/master-data.js';
import { OrganisationsImport } from './kinds/organisations.js';
import { ProductsImport } from './kinds/products.js';
import { SitesImport } from './kinds/sites.js';

/** Organisations, sites, products and master data from files. */
@Module({
  controllers: [CsvImportController],
  providers: [CsvImport, MasterDataImport, OrganisationsImport, ProductsImport, SitesImport],
})
export class CsvImportModule {}
