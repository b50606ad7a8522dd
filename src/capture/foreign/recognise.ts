import { StepRefusedError } from '../../domain/custody/refusal.js';
import type { DomainError } from '../../domain/errors.js';
import { contentId, type Identity } from './identity.js';
import { NOT_THERE_YET, type Twin } from './twins.store.js';

/** What an event that came is: one that is stored, a new one with its name, or one that may not have the name it wants. */
export type Recognised =
  | { readonly duplicateOf: number }
  | { readonly eventId: string; readonly declares: number | undefined; readonly declaredBy: number | undefined }
  | { readonly refused: DomainError };

/**
 * Compares an event with the stored ones that share a name or a hash with it, the oldest first. The same content is the same
 * event, whatever it is called and whoever sent it. An eventID belongs to one content; but an error declaration repeats the
 * event whose error it declares, name and hash included (EPCIS 2.0 §7.4.1.2).
 */
export function recognise(identity: Identity, twins: readonly Twin[], organisation: number): Recognised {
  const same = twins.find(({ content }) => content.equals(identity.content));
  if (same) return { duplicateOf: same.position };
  const { clientId, documentedId, documented } = identity;
  const named = twins.find(({ eventId, declaration }) => !declaration && eventId === (clientId ?? documentedId));
  if (identity.declaration) {
    const original =
      named ?? twins.find((twin) => clientId === undefined && !twin.declaration && twin.documented.equals(documented));
    const eventId = original?.eventId ?? clientId ?? documentedId;
    if (original === undefined) return { eventId, declares: NOT_THERE_YET, declaredBy: undefined };
    if (original.capturedBy === organisation) return { eventId, declares: original.position, declaredBy: undefined };
    return { refused: new StepRefusedError('DECLARATION_NOT_YOURS', 'Only who captured an event declares its error.') };
  }
  const mine = (twin: Twin): boolean =>
    twin.declares === NOT_THERE_YET && twin.capturedBy === organisation && twin.eventId === (clientId ?? documentedId);
  const declaredBy = twins.find(mine)?.position;
  if (named === undefined) return { eventId: clientId ?? documentedId, declares: undefined, declaredBy };
  if (clientId === undefined) {
    return { eventId: contentId(identity.content), declares: undefined, declaredBy: undefined };
  }
  return {
    refused: new StepRefusedError('EVENT_ID_TAKEN', `Another event, of other content, has the eventID ${clientId}.`),
  };
}
