/** What an organisation is licensed as. */
export const organisationRoles = ['manufacturer', 'distributor', 'clinic', 'regulator', 'auditor'] as const;
export type OrganisationRole = (typeof organisationRoles)[number];

/** What a person, or a machine client, is in its organisation; what each may do is the table in `abilities.ts`. */
export const personRoles = ['admin', 'responsible_person', 'operator', 'pharmacist', 'viewer'] as const;
export type PersonRole = (typeof personRoles)[number];

export interface Subject {
  readonly kind: 'person' | 'client';
  readonly id: number;
}

/** Whoever makes a request: proven by an access token, never by anything else that the request says. */
export interface Actor {
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly subject: Subject;
  readonly roles: readonly PersonRole[];
  /** `jti` of the access token. */
  readonly tokenId: string;
  /** The session that the token came from; a machine client has none. */
  readonly sessionId?: string;
}

/** The person behind the actor, for columns that name one; undefined for a machine client. */
export const personOf = (actor: Actor): number | undefined =>
  actor.subject.kind === 'person' ? actor.subject.id : undefined;
