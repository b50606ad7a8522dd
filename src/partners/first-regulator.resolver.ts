import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Public } from '../access/marks.js';
import { FirstRegulator } from './first-regulator.js';
import { OrganisationInput } from './partners.input.js';
import { OrganisationModel } from './partners.model.js';

@Resolver()
export class FirstRegulatorResolver {
  constructor(@Inject(FirstRegulator) private readonly first: FirstRegulator) {}

  @Public()
  @Mutation(() => OrganisationModel, {
    description:
      'Registers the regulator of an empty installation, with the code that the operator finds in HALISI_HOME/keys/setup-code. Refused with SETUP_CODE_WRONG, ALREADY_SET_UP, FIRST_PERSON_REQUIRED.',
  })
  registerFirstRegulator(
    @Args('setupCode', { type: () => String, description: 'The code.' }) setupCode: string,
    @Args('input', { description: 'The regulator; its role is REGULATOR whatever this says.' })
    input: OrganisationInput,
  ): Promise<OrganisationModel> {
    return this.first.register(setupCode, input);
  }
}
