import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../access/marks.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../../platform/graphql/pagination.js';
import { VerificationResponder, VerificationResponderPage } from './external.model.js';
import { ResponderInput } from './responders.input.js';
import { Responders } from './responders.service.js';
import { RespondersStore } from './responders.store.js';

@Resolver()
export class RespondersResolver {
  constructor(
    private readonly responders: Responders,
    private readonly store: RespondersStore,
  ) {}

  @Allow('register_organisations')
  @Mutation(() => VerificationResponder, {
    description:
      'Enters a system that answers for packs of a maker who is not here, in place of the one before it. Refused with RESPONDER_INVALID, RESPONDER_KEYS_INVALID, DESTINATION_REFUSED, GTIN_INVALID, GLN_INVALID.',
  })
  registerVerificationResponder(
    @Args('input', { description: 'Which, and for what.' }) input: ResponderInput,
  ): Promise<VerificationResponder> {
    return this.responders.register(input);
  }

  @Allow('register_organisations')
  @Mutation(() => VerificationResponder, {
    description: 'Takes a system out of the directory. Refused with NOT_FOUND.',
  })
  removeVerificationResponder(
    @Args('id', { type: () => ID, description: 'Its number.' }) id: string,
  ): Promise<VerificationResponder> {
    return this.responders.remove(Number(id));
  }

  @Allow('read')
  @Query(() => VerificationResponderPage, {
    description: 'The directory of systems that answer for makers who are not here.',
  })
  async verificationResponders(@Args() page: PageArgs): Promise<VerificationResponderPage> {
    const first = pageSize(page.first);
    const rows = await this.store.page(decodeCursor(page.after, 'number')?.[0] ?? 0, first + 1);
    return pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (row) => row,
    );
  }
}
