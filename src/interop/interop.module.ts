import { Module } from '@nestjs/common';
import { CsvImportModule } from './csv-import/csv-import.module.js';
import { DigitalLinkModule } from './digital-link/digital-link.module.js';
import { DscsaModule } from './dscsa/dscsa.module.js';
import { EpcisModule } from './epcis/epcis.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { VerificationMessagingModule } from './verification-messaging/verification-messaging.module.js';

/** What other systems speak. */
@Module({
  imports: [CsvImportModule, VerificationMessagingModule, DigitalLinkModule, DscsaModule, EpcisModule, OpenapiModule],
})
export class InteropModule {}
