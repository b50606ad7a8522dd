import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose, requestOf } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { Position } from '../../platform/graphql/scalars.js';
import { ReceiptDesk, MOST_EVENTS } from './receipt-desk.service.js';
import { ReceiptLinks } from './receipt-links.service.js';
import {
  ChainProof,
  ReceiptLink,
  ReceiptModel,
  receiptModel,
  ReceiptSetModel,
  receiptSetModel,
} from './receipts.model.js';

@ArgsType()
class ProofArgs {
  @Field(() => ChainProof, { defaultValue: ChainProof.TRANSACTION, description: 'What of a chain is in it.' })
  proof: ChainProof;
}

/** What a receipt shall show. */
@ArgsType()
class WishArgs extends ProofArgs {
  @Field(() => [String], {
    nullable: true,
    description: 'Fields to show, as `bizStep`, or `ilmd` with all its members. Without both: all that you may see.',
  })
  fields?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'EPCs to show, as the event names them; with what happened when, where no fields are named.',
  })
  epcs?: string[] | null;
}

@ArgsType()
class LotArgs extends ProofArgs {
  @Field(() => String, { description: 'GTIN of the lot.' })
  gtin: string;

  @Field(() => String, { description: 'Lot number.' })
  lot: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Every pack’s identity too.' })
  packs: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'What came later to the whole lot too, as recalls.' })
  later: boolean;

  @Field(() => Position, { nullable: true, description: 'The `next` of the answer before.' })
  after?: number | null;

  @Field(() => Int, { nullable: true, description: `How many events, 1 to ${MOST_EVENTS}.` })
  first?: number | null;
}

/** Where the asker reached this server: what a link begins with, unless the installation says its public address. */
const ReachedAt = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { protocol, host } = requestOf(context);
  return `${protocol}://${host}`;
});

@Resolver()
export class ReceiptsResolver {
  constructor(
    private readonly desk: ReceiptDesk,
    private readonly links: ReceiptLinks,
  ) {}

  @Allow('read')
  @Query(() => ReceiptModel, {
    description: 'The receipt of one EPC’s part in an event. RECEIPT_PENDING until a checkpoint holds it.',
  })
  async receipt(
    @Args('position', { type: () => Position, description: 'Place of the event in the log.' }) position: number,
    @Args('epc', { description: 'Canonical GS1 Digital Link, as the event names it.' }) epc: string,
    @Args() { proof }: ProofArgs,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
  ): Promise<ReceiptModel> {
    return receiptModel(await this.desk.pack({ actor, purpose, operation: 'Query.receipt' }, position, epc, proof));
  }

  @Allow('read')
  @Query(() => ReceiptModel, { description: 'A receipt of any part of an event that you may see.' })
  async eventReceipt(
    @Args('position', { type: () => Position, description: 'Place of the event in the log.' }) position: number,
    @Args() wish: WishArgs,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
  ): Promise<ReceiptModel> {
    const request = { actor, purpose, operation: 'Query.eventReceipt' };
    return receiptModel(await this.desk.event(request, position, wish, wish.proof));
  }

  @Allow('read')
  @Query(() => ReceiptSetModel, {
    description: 'Receipts of a shipment: of its shipping event and of those that received it.',
  })
  async shipmentReceipts(
    @Args('eventID', { type: () => ID, description: 'eventID of the shipping event.' }) eventID: string,
    @Args() wish: WishArgs,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
  ): Promise<ReceiptSetModel> {
    const request = { actor, purpose, operation: 'Query.shipmentReceipts' };
    return receiptSetModel(await this.desk.shipment(request, eventID, wish, wish.proof));
  }

  @Allow('read')
  @Query(() => ReceiptSetModel, {
    description: 'Receipts of a whole lot, for whoever owns its GTIN and for the regulator.',
  })
  async lotReceipts(
    @Args() wish: LotArgs,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
  ): Promise<ReceiptSetModel> {
    const request = { actor, purpose, operation: 'Query.lotReceipts' };
    return receiptSetModel(await this.desk.lot(request, { ...wish, detail: wish.proof }));
  }

  @Allow('read')
  @Mutation(() => ReceiptLink, {
    description: 'Makes the address of a receipt that you may have, for somebody who cannot sign in. It is recorded.',
  })
  async makeReceiptLink(
    @Args('position', { type: () => Position, description: 'Place of the event in the log.' }) position: number,
    @Args('epc', { description: 'Canonical GS1 Digital Link, as the event names it.' }) epc: string,
    @CurrentActor() actor: Actor,
    @ReadPurpose('audit') purpose: Purpose,
    @ReachedAt() reachedAt: string,
  ): Promise<ReceiptLink> {
    const request = { actor, purpose, operation: 'Mutation.makeReceiptLink' };
    return { url: await this.links.make(request, position, epc, reachedAt) };
  }
}
