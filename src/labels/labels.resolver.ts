import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../access/marks.js';
import type { Purpose } from '../access/purpose.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { Label, LabelPage, LabelStyleInput, toLabel } from './label.model.js';
import { LabelSubjects } from './label-subjects.service.js';
import { LabelPrinter } from './label-printer.service.js';

const style = () => Args('style', { type: () => LabelStyleInput, nullable: true, description: 'How it is to look.' });
const gtinArg = () => Args('gtin', { description: 'GTIN of 8, 12, 13 or 14 digits.' });
const lotArg = () => Args('lot', { description: 'Number of a registered lot.' });

/** Labels through GraphQL. What is not the asker's to print is not found. */
@Resolver(() => Label)
export class LabelsResolver {
  constructor(
    @Inject(LabelSubjects) private readonly subjects: LabelSubjects,
    @Inject(LabelPrinter) private readonly printer: LabelPrinter,
  ) {}

  @Allow('read')
  @Query(() => Label, {
    description: 'The label of one pack. Before it is commissioned, the owner of the GTIN names its lot.',
  })
  async packLabel(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @Args('serial', { description: 'Serial number, 1 to 20 characters.' }) serial: string,
    @Args('lot', { type: () => String, nullable: true, description: 'Needed before commissioning.' })
    lot?: string | null,
    @style() look?: LabelStyleInput | null,
  ): Promise<Label> {
    const identity = await this.subjects.pack({ actor, purpose }, gtin, serial, lot);
    return toLabel(await this.printer.print(identity, look));
  }

  @Allow('read')
  @Query(() => Label, { description: 'The label of a lot, without a serial number: for a shipper case or a shelf.' })
  async lotLabel(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @lotArg() lot: string,
    @style() look?: LabelStyleInput | null,
  ): Promise<Label> {
    return toLabel(await this.printer.print(await this.subjects.lot({ actor, purpose }, gtin, lot), look));
  }

  @Allow('read')
  @Query(() => Label, { description: 'The label of a product: its GTIN alone, without lot and serial number.' })
  async productLabel(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @style() look?: LabelStyleInput | null,
  ): Promise<Label> {
    return toLabel(await this.printer.print(await this.subjects.product({ actor, purpose }, gtin), look));
  }

  @Allow('read')
  @Query(() => Label, {
    description:
      'The label of a case, pallet or other container: GS1-128 with its SSCC. The owner of the prefix may ask before packing.',
  })
  async containerLabel(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args('sscc', { description: '18 digits.' }) sscc: string,
    @style() look?: LabelStyleInput | null,
  ): Promise<Label> {
    return toLabel(await this.printer.print(await this.subjects.container({ actor, purpose }, sscc), look));
  }

  @Allow('read')
  @Query(() => [Label], {
    description:
      'Labels of 1 to 1,000 packs of a registered lot, commissioned or not yet, in the order of the serials.',
  })
  async serialLabels(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @lotArg() lot: string,
    @Args('serials', { type: () => [String], description: 'Serial numbers.' }) serials: string[],
    @style() look?: LabelStyleInput | null,
  ): Promise<Label[]> {
    const identities = await this.subjects.encodedPacks({ actor, purpose }, gtin, lot, serials);
    return (await this.printer.printMany(identities, look)).map(toLabel);
  }

  @Allow('read')
  @Query(() => LabelPage, { description: 'Labels of the commissioned packs of a lot, by serial number.' })
  async packLabels(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @lotArg() lot: string,
    @Args() { first, after }: PageArgs,
    @style() look?: LabelStyleInput | null,
  ): Promise<LabelPage> {
    const size = pageSize(first);
    const [from] = decodeCursor(after, 'string') ?? [''];
    const found = await this.subjects.packsOfLot({ actor, purpose }, gtin, lot, from, size + 1);
    return this.page(found, size, ({ serial }) => serial, look);
  }

  @Allow('read')
  @Query(() => LabelPage, { description: 'Labels of the lots of a GTIN, by lot number.' })
  async lotLabels(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @gtinArg() gtin: string,
    @Args() { first, after }: PageArgs,
    @style() look?: LabelStyleInput | null,
  ): Promise<LabelPage> {
    const size = pageSize(first);
    const [from] = decodeCursor(after, 'string') ?? [''];
    const found = await this.subjects.lots({ actor, purpose }, gtin, from, size + 1);
    return this.page(found, size, ({ lot }) => lot, look);
  }

  private async page<Identity extends Parameters<LabelPrinter['print']>[0]>(
    found: readonly Identity[],
    size: number,
    keyOf: (identity: Identity) => string,
    look?: LabelStyleInput | null,
  ): Promise<LabelPage> {
    const { nodes, pageInfo } = pageOf(
      found,
      size,
      (identity) => encodeCursor(keyOf(identity)),
      (identity) => identity,
    );
    return { nodes: (await this.printer.printMany(nodes, look)).map(toLabel), pageInfo };
  }
}
