import { Inject } from '@nestjs/common';
import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { PersonRole } from '../access/access.model.js';
import type { Actor, PersonRole as RoleOfPerson } from '../access/actor.js';
import { Allow, Authenticated, CurrentActor } from '../access/marks.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { ClientInput, PersonInput } from './partners.input.js';
import { ClientModel, ClientPage, ClientWithSecret, PersonModel, PersonPage } from './partners.model.js';
import { PeopleService } from './people.service.js';
import { PeopleStore } from './people.store.js';

const id = { type: () => Int, description: 'Its number.' };

@Resolver(() => PersonModel)
export class PeopleResolver {
  constructor(
    @Inject(PeopleService) private readonly service: PeopleService,
    @Inject(PeopleStore) private readonly store: PeopleStore,
  ) {}

  @Allow('manage_own')
  @Query(() => PersonPage, { description: 'The people of one’s own organisation.' })
  async people(@Args() page: PageArgs, @CurrentActor() actor: Actor): Promise<PersonPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'number')?.[0] ?? 0;
    const rows = await this.store.people(actor.organisationId, after, first + 1);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.id),
      (row) => row,
    );
  }

  @Allow('manage_own')
  @Mutation(() => PersonModel, {
    description:
      'Registers a person of one’s own organisation. Refused with EMAIL_INVALID, EMAIL_TAKEN, PASSWORD_REFUSED, ROLES_REQUIRED.',
  })
  registerPerson(
    @Args('input', { description: 'What is known of it.' }) input: PersonInput,
    @CurrentActor() actor: Actor,
  ): Promise<PersonModel> {
    return this.service.registerPerson(input, actor);
  }

  @Allow('manage_own')
  @Mutation(() => PersonModel, {
    description:
      'Sets what a person may do, and ends its sessions. Refused with NOT_FOUND, ROLES_REQUIRED, LAST_ADMIN.',
  })
  setPersonRoles(
    @Args('id', id) person: number,
    @Args('roles', { type: () => [PersonRole], description: 'At least one.' }) roles: RoleOfPerson[],
    @CurrentActor() actor: Actor,
  ): Promise<PersonModel> {
    return this.service.changePerson(person, { roles }, actor);
  }

  @Allow('manage_own')
  @Mutation(() => PersonModel, {
    description: 'Lets a person sign in, or no longer, and ends its sessions. Refused with NOT_FOUND, LAST_ADMIN.',
  })
  setPersonDisabled(
    @Args('id', id) person: number,
    @Args('disabled', { type: () => Boolean, description: 'Whether it may no longer sign in.' }) disabled: boolean,
    @CurrentActor() actor: Actor,
  ): Promise<PersonModel> {
    return this.service.changePerson(person, { disabled }, actor);
  }

  @Authenticated()
  @Mutation(() => Boolean, {
    description:
      'Sets one’s own password, and ends one’s other sessions. Refused with PASSWORD_WRONG, PASSWORD_REFUSED.',
  })
  async changePassword(
    @Args('currentPassword', { type: () => String, description: 'The one until now.' }) current: string,
    @Args('newPassword', { type: () => String, description: '12 to 200 characters.' }) next: string,
    @CurrentActor() actor: Actor,
  ): Promise<boolean> {
    await this.service.changePassword(current, next, actor);
    return true;
  }
}

@Resolver(() => ClientModel)
export class ClientsResolver {
  constructor(
    @Inject(PeopleService) private readonly service: PeopleService,
    @Inject(PeopleStore) private readonly store: PeopleStore,
  ) {}

  @Allow('manage_own')
  @Query(() => ClientPage, { description: 'The machine clients of one’s own organisation.' })
  async machineClients(@Args() page: PageArgs, @CurrentActor() actor: Actor): Promise<ClientPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'number')?.[0] ?? 0;
    const rows = await this.store.clients(actor.organisationId, after, first + 1);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.id),
      (row) => row,
    );
  }

  @Allow('manage_own')
  @Mutation(() => ClientWithSecret, {
    description: 'Registers a machine client of one’s own organisation. Refused with TEXT_REQUIRED, ROLES_REQUIRED.',
  })
  registerMachineClient(
    @Args('input', { description: 'What is known of it.' }) input: ClientInput,
    @CurrentActor() actor: Actor,
  ): Promise<ClientWithSecret> {
    return this.service.registerClient(input, actor);
  }

  @Allow('manage_own')
  @Mutation(() => ClientWithSecret, {
    description:
      'Gives a machine client another secret; the old one and its tokens die at once. Refused with NOT_FOUND.',
  })
  renewMachineClientSecret(@Args('id', id) client: number, @CurrentActor() actor: Actor): Promise<ClientWithSecret> {
    return this.service.renewClientSecret(client, actor);
  }

  @Allow('manage_own')
  @Mutation(() => ClientModel, {
    description: 'Ends a machine client; its tokens die at once. Refused with NOT_FOUND.',
  })
  disableMachineClient(@Args('id', id) client: number, @CurrentActor() actor: Actor): Promise<ClientModel> {
    return this.service.disableClient(client, actor);
  }
}
