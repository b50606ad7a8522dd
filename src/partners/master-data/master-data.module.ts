import { Global, Module } from '@nestjs/common';
import { MasterData } from './master-data.js';
import { MasterDataResolver, RegisteredMasterDataResolver } from './master-data.resolver.js';
import { MasterDataStore } from './master-data.store.js';

/** Master data from documents and files beside what owners registered. Exports MasterData to every module. */
@Global()
@Module({
  providers: [MasterData, MasterDataResolver, MasterDataStore, RegisteredMasterDataResolver],
  exports: [MasterData],
})
export class MasterDataModule {}
