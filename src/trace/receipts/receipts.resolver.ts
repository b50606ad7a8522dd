import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { Position } from '../../platform/graphql/scalars.js';
import { EvidenceStage } from '../../transparency/api/log.model.js';
import { ReceiptsService } from '../../transparency/receipts/receipts.service.js';
import { ReceiptVisibility } from './receipt-visibility.js';
import { ReceiptModel } from './receipts.model.js';

@Resolver()
export class ReceiptsResolver {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly visibility: ReceiptVisibility,
  ) {}

  @Allow('read')
  @Query(() => ReceiptModel, {
    description: 'The receipt of one EPC’s part in an event. RECEIPT_PENDING until a checkpoint holds it.',
  })
  async receipt(
    @Args('position', { type: () => Position, description: 'Place of the event in the log.' }) position: number,
    @Args('epc', { description: 'Canonical GS1 Digital Link, as the event names it.' }) epc: string,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
  ): Promise<ReceiptModel> {
    await this.visibility.require({ actor, position, epc, purpose, operation: 'Query.receipt' });
    const { text, evidence } = await this.receipts.forEpc(position, epc);
    return { file: text, stage: evidence === 'anchored' ? EvidenceStage.FINAL : EvidenceStage.CHECKPOINTED };
  }
}
