import type { Actor } from '../../access/actor.js';
import type { ReasonOfErasure } from '../../capture/erased-event.js';
import { THE_PUBLIC } from '../../domain/custody/act.js';

/**
 * Who may erase an event (docs/decisions/0011-erasure.md), among people with the ability `erase`: whoever captured it; the
 * regulator's responsible person what the public reported, and anybody's by order.
 */
export function mayErase(
  actor: Pick<Actor, 'organisationId' | 'organisationRole' | 'roles'>,
  capturedBy: number,
  reason: ReasonOfErasure,
): boolean {
  if (capturedBy === actor.organisationId) return true;
  const answers = actor.organisationRole === 'regulator' && actor.roles.includes('responsible_person');
  return answers && (capturedBy === THE_PUBLIC || reason === 'court_order');
}

/** Whether it may be erased although something open rests on it: by order of a court, through the regulator. */
export const mayOverride = (actor: Pick<Actor, 'organisationRole' | 'roles'>, reason: ReasonOfErasure): boolean =>
  reason === 'court_order' && actor.organisationRole === 'regulator' && actor.roles.includes('responsible_person');
