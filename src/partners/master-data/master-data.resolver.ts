import { Inject } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import type { JsonValue } from '../../domain/epcis/event.js';
import { parseGln } from '../../domain/gs1/gln.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import type { GraphqlContext } from '../../platform/graphql/context.js';
import { PartnerRefusedError } from '../errors.js';
import { organisationFor } from '../loaders.js';
import { PartnersDirectory } from '../partners-directory.js';
import { OrganisationModel } from '../partners.model.js';
import { differences, valueText } from './differences.js';
import { type KnownThing, MasterData } from './master-data.js';
import { MasterDataModel, RegisteredMasterData } from './master-data.model.js';
import type { Statement } from './master-data.store.js';
import { gtinLink, locationLink, partyLink } from './names.js';

const LONGEST_ID = 500;

@Resolver(() => MasterDataModel)
export class MasterDataResolver {
  constructor(@Inject(MasterData) private readonly masterData: MasterData) {}

  @Allow('read')
  @Query(() => [MasterDataModel], {
    description:
      'What your organisation knows of a GTIN, of a GLN (as a place and as a party) or of any identifier: what the owner ' +
      'registered, and what documents and files say. Refused with MASTER_DATA_KEY_REQUIRED, GTIN_INVALID, GLN_INVALID.',
  })
  async masterDataOf(
    @CurrentActor() actor: Actor,
    @Args('gtin', { type: () => String, nullable: true, description: '8, 12, 13 or 14 digits.' }) gtin?: string | null,
    @Args('gln', { type: () => String, nullable: true, description: '13 digits.' }) gln?: string | null,
    @Args('id', { type: () => String, nullable: true, description: 'An EPC URN, a GS1 Digital Link or another URI.' })
    id?: string | null,
    @Args('history', {
      type: () => Boolean,
      defaultValue: false,
      description: 'Also what the same senders have said before, the latest 200 of each thing.',
    })
    history = false,
  ): Promise<MasterDataModel[]> {
    const found = await this.masterData.find(actor.organisationId, idsOf(gtin, gln, id));
    const told = history ? await Promise.all(found.map((each) => this.withHistory(actor.organisationId, each))) : found;
    return told.filter(({ registered, said }) => registered !== undefined || said.length > 0).map(modelOf);
  }

  private async withHistory(organisationId: number, known: KnownThing): Promise<KnownThing> {
    return { ...known, said: await this.masterData.history(organisationId, known.canonical) };
  }
}

function idsOf(gtin: string | null | undefined, gln: string | null | undefined, id: string | null | undefined) {
  const given = [gtin, gln, id].filter((each) => each != null);
  if (given.length === 1 && given[0]!.length <= LONGEST_ID) {
    if (gtin != null) return [gtinLink(parseGtin(gtin))];
    if (gln != null) return [locationLink(parseGln(gln)), partyLink(parseGln(gln))];
    if (id != null && id !== '') return [id];
  }
  throw new PartnerRefusedError('MASTER_DATA_KEY_REQUIRED', 'Name one of gtin, gln and id, of at most 500 characters.');
}

function modelOf({ canonical, registered, said }: KnownThing): MasterDataModel {
  return {
    id: canonical,
    registered:
      registered === undefined ? null : { ...registered, attributes: attributeModels([...registered.attributes]) },
    statements: said.map((statement: Statement) => ({
      ...statement,
      attributes: attributeModels(statement.attributes),
      differences: differences(registered, statement.attributes),
    })),
  };
}

const attributeModels = (attributes: readonly (readonly [string, JsonValue])[]) =>
  attributes.map(([name, value]) => ({ name, value: valueText(value) }));

@Resolver(() => RegisteredMasterData)
export class RegisteredMasterDataResolver {
  constructor(@Inject(PartnersDirectory) private readonly directory: PartnersDirectory) {}

  @ResolveField(() => OrganisationModel, { description: 'Who registered it.' })
  organisation(@Parent() registered: RegisteredMasterData, @Context() context: GraphqlContext) {
    return organisationFor(this.directory, context, registered.organisationId);
  }
}
