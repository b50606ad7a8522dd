import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { PageOf } from '../platform/graphql/pagination.js';
import type { OrganisationRole as RoleOfOrganisation, PersonRole as RoleOfPerson } from './actor.js';
import type { Purpose } from './purpose.js';

type EnumOf<Word extends string> = { readonly [Each in Word as Uppercase<Each>]: Each };

export const OrganisationRole: EnumOf<RoleOfOrganisation> = {
  MANUFACTURER: 'manufacturer',
  DISTRIBUTOR: 'distributor',
  CLINIC: 'clinic',
  REGULATOR: 'regulator',
  AUDITOR: 'auditor',
};

registerEnumType(OrganisationRole, {
  name: 'OrganisationRole',
  description: 'What an organisation is licensed as.',
  valuesMap: {
    MANUFACTURER: { description: 'Makes medicine and commissions packs under its own GS1 company prefixes.' },
    DISTRIBUTOR: { description: 'Receives, stores and ships packs.' },
    CLINIC: { description: 'Gives medicine to patients.' },
    REGULATOR: { description: 'Licenses the others, sees everything, recalls.' },
    AUDITOR: { description: 'Sees all evidence without commercial fields, and changes nothing.' },
  },
});

export const PersonRole: EnumOf<RoleOfPerson> = {
  ADMIN: 'admin',
  RESPONSIBLE_PERSON: 'responsible_person',
  OPERATOR: 'operator',
  PHARMACIST: 'pharmacist',
  VIEWER: 'viewer',
};

registerEnumType(PersonRole, {
  name: 'PersonRole',
  description: 'What a person or a machine client may do in its organisation.',
  valuesMap: {
    ADMIN: { description: 'Manages sites, people, machine clients and products.' },
    RESPONSIBLE_PERSON: {
      description: 'Answers for quality: recalls, lifts holds, and may do every step on packs but dispense.',
    },
    OPERATOR: { description: 'Does the steps on packs: commission, pack, ship, receive.' },
    PHARMACIST: { description: 'Receives, verifies and dispenses.' },
    VIEWER: { description: 'Looks and verifies.' },
  },
});

export const AccessPurpose: EnumOf<Purpose> = {
  DISPENSING: 'dispensing',
  RECEIVING: 'receiving',
  INVESTIGATION: 'investigation',
  RECALL: 'recall',
  AUDIT: 'audit',
  SALEABLE_RETURN: 'saleable_return',
  SUPPORT: 'support',
  STATUS: 'status',
};

registerEnumType(AccessPurpose, {
  name: 'AccessPurpose',
  description: 'Why somebody reads another organisation’s data.',
  valuesMap: {
    DISPENSING: { description: 'Before a pack goes to a patient.' },
    RECEIVING: { description: 'When goods arrive.' },
    INVESTIGATION: { description: 'Of a suspicion, a mismatch or a dispute.' },
    RECALL: { description: 'To find or confirm recalled packs.' },
    AUDIT: { description: 'To check the record itself.' },
    SALEABLE_RETURN: { description: 'Before a returned pack is sold again.' },
    SUPPORT: { description: 'To help a user.' },
    STATUS: { description: 'To see how things stand.' },
  },
});

@ObjectType({ description: 'A person’s sign-in: a short-lived access token, and a refresh token for the next one.' })
export class Session {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer …`.' })
  accessToken: string;

  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  expiresIn: number;

  @Field(() => String, { description: 'Good for one call of `refreshSession`. Using it twice ends the session.' })
  refreshToken: string;
}

@ObjectType({ description: 'A machine client’s access token.' })
export class ClientToken {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer …`.' })
  accessToken: string;

  @Field(() => Int, { description: 'Seconds until it expires. Then ask for another one.' })
  expiresIn: number;
}

@ObjectType({ description: 'One read of an organisation’s data by another.' })
export class AccessTrailEntry {
  @Field(() => Date, { description: 'When it was read.' })
  at: Date;

  organisationId: number;

  ownerIds: readonly number[];

  @Field(() => Int, {
    nullable: true,
    description: 'The person who read, by the number that its organisation knows it by.',
  })
  personId: number | null;

  @Field(() => Int, { nullable: true, description: 'The machine client that read, likewise.' })
  clientId: number | null;

  @Field(() => AccessPurpose, { description: 'Why.' })
  purpose: Purpose;

  @Field(() => String, { description: 'What was called.' })
  operation: string;

  @Field(() => String, { description: 'What it was called about: a pack, a lot, a place.' })
  subject: string;
}

@ObjectType({ description: 'A page of the access trail, the newest entries first.' })
export class AccessTrailPage extends PageOf(AccessTrailEntry) {}
