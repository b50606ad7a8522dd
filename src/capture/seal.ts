import { hash, randomBytes } from 'node:crypto';
import type { EpcisEvent } from '../domain/epcis/event.js';
import { eventHash } from '../domain/epcis/event-hash.js';
import { commitEvent } from '../domain/receipt/commitment.js';

/** Version byte of a log entry that commits to an event (docs/formats/log-entry.md). */
const EVENT_ENTRY = 0x01;
const CBV_HASH = /^ni:\/\/\/sha-256;([0-9a-f]{64})\?ver=CBV2\.0$/;

/** An event as it is stored, with everything that proves it. */
export interface SealedEvent {
  readonly eventId: string;
  /** The eventID, where it is not the CBV event hash. */
  readonly givenId: string | null;
  /** Every name under which the event is found: the eventID, and the hashes that other systems may know it by. */
  readonly names: readonly string[];
  /** The event with its eventID. */
  readonly event: EpcisEvent & { readonly eventID: string };
  readonly body: string;
  /** 32 bytes of the CBV event hash. */
  readonly hash: Buffer;
  readonly secret: Buffer;
  readonly commitment: Buffer;
  /** 33 bytes. */
  readonly entry: Buffer;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The CBV 2.0 event hash, which is the eventID of every event made here. */
export const eventIdOf = (event: EpcisEvent): string => eventHash(event, { sha256 });

/** Gives an event its secret and its commitment. */
export function seal(
  event: EpcisEvent,
  eventId: string,
  foreign?: { readonly documentedId: string; readonly referenceId: string },
): SealedEvent {
  const complete = { ...event, eventID: eventId };
  const secret = randomBytes(32);
  const hashId = foreign?.documentedId ?? eventId;
  const commitment = Buffer.from(commitEvent(complete, secret).commitment);
  return {
    eventId,
    givenId: eventId === hashId ? null : eventId,
    names: foreign === undefined ? [eventId] : [...new Set([eventId, foreign.documentedId, foreign.referenceId])],
    event: complete,
    body: JSON.stringify(complete),
    hash: hashOfEventId(hashId)!,
    secret,
    commitment,
    entry: Buffer.concat([Buffer.of(EVENT_ENTRY), commitment]),
  };
}

/** The 32 bytes inside an eventID, or undefined for an ID that is no CBV event hash. */
export function hashOfEventId(eventId: string): Buffer | undefined {
  const hex = CBV_HASH.exec(eventId)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

export const eventIdOfHash = (bytes: Uint8Array): string =>
  `ni:///sha-256;${Buffer.from(bytes).toString('hex')}?ver=CBV2.0`;

/** Under what an EPC, or an eventID, is found in the EPC index: the first 8 bytes of its SHA-256, signed. */
export const epcIndexKey = (uri: string): string => hash('sha256', uri, 'buffer').readBigInt64BE(0).toString();
