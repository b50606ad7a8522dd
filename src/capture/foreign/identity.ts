import { hash } from 'node:crypto';
import { contentOf } from '../../domain/epcis/content.js';
import { eventHash, type EventHashProfile } from '../../domain/epcis/event-hash.js';
import type { EpcisEvent } from '../../domain/epcis/event.js';
import { epcIndexKey, hashOfEventId } from '../seal.js';

/** By what an event of another system is recognised, whoever sends it and whatever it is called. */
export interface Identity {
  /** As the client gave it; undefined where it gave none. */
  readonly clientId: string | undefined;
  /** CBV event hashes of the two profiles, 32 bytes each. */
  readonly documented: Buffer;
  readonly reference: Buffer;
  readonly documentedId: string;
  readonly referenceId: string;
  /** SHA-256 of the content in its one spelling. */
  readonly content: Buffer;
  /** Keys in the EPC index under which a twin would be found. */
  readonly keys: readonly string[];
  /** True where the event declares the error of another. */
  readonly declaration: boolean;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The identity of a validated event. */
export function identityOf(event: EpcisEvent): Identity {
  const id = (profile: EventHashProfile): string => eventHash(event, { profile, sha256 });
  const documentedId = id('documented');
  const referenceId = id('reference-impl');
  const clientId = event.eventID;
  const names = new Set([documentedId, referenceId, ...(clientId === undefined ? [] : [clientId])]);
  return {
    clientId,
    documented: hashOfEventId(documentedId)!,
    reference: hashOfEventId(referenceId)!,
    documentedId,
    referenceId,
    content: hash('sha256', contentOf(event), 'buffer'),
    keys: [...names].map(epcIndexKey),
    declaration: event.errorDeclaration !== undefined,
  };
}

/** Which profile's hash the eventID is: as `foreign_event.profile` has it. */
export function profileOf({ documentedId, referenceId }: Identity, eventId: string): 0 | 1 | 2 {
  if (eventId === documentedId) return 1;
  return eventId === referenceId ? 2 : 0;
}

/** What an event is called that sends no eventID, and whose hash is that of another event with other content. */
export const contentId = (content: Buffer): string => `ni:///sha-256;${content.toString('base64url')}`;
