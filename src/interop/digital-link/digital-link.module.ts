import { Module } from '@nestjs/common';
import { VerificationModule } from '../../verification/verification.module.js';
import { DescriptionController } from './description.controller.js';
import { DigitalLinkController } from './digital-link.controller.js';
import { LinksResolver } from './links/links.resolver.js';
import { LinksService } from './links/links.service.js';
import { LinksStore } from './links/links.store.js';
import { Linksets } from './linksets.service.js';
import { PublicAnswers } from './public-answers.service.js';

/** GS1 Digital Link: what a code leads to, for people and machines. */
@Module({
  imports: [VerificationModule],
  controllers: [DescriptionController, DigitalLinkController],
  providers: [LinksResolver, LinksService, Linksets, LinksStore, PublicAnswers],
})
export class DigitalLinkModule {}
