import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link leads to: one EPC of one event, by its place in the event's lists. */
export interface LinkTarget {
  readonly position: number;
  readonly list: EpcList;
  /** Place in that list; 0 for `parentID`. */
  readonly member: number;
}

/** The fields that name EPCs, in the order of their numbers in a token. Part of the format. */
export const EPC_LISTS = ['parentID', 'epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const;
export type EpcList = (typeof EPC_LISTS)[number];

export const LINK_KEY_BYTES = 32;
const TARGET_BYTES = 11;
const TAG_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{36}$/;
const MOST_MEMBERS = 2 ** 24;

/**
 * The token of a link, 36 characters: base64url of position (7 bytes), list (1) and member (3), big-endian, and the first
 * 16 bytes of HMAC-SHA-256 over them. It says no more than the receipt does, and cannot be made without the key.
 */
export function linkToken(key: Uint8Array, { position, list, member }: LinkTarget): string {
  if (member >= MOST_MEMBERS) throw new RangeError(`A link leads to a member below ${MOST_MEMBERS}, not ${member}.`);
  const target = Buffer.alloc(TARGET_BYTES);
  target.writeUIntBE(Math.floor(position / 2 ** 32), 0, 3);
  target.writeUInt32BE(position % 2 ** 32, 3);
  target.writeUInt8(EPC_LISTS.indexOf(list), 7);
  target.writeUIntBE(member, 8, 3);
  return Buffer.concat([target, tagOf(key, target)]).toString('base64url');
}

/** What a token leads to; undefined for anything that was not made with one of the keys. */
export function openLink(keys: readonly Uint8Array[], token: string): LinkTarget | undefined {
  if (!TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const [target, tag] = [bytes.subarray(0, TARGET_BYTES), bytes.subarray(TARGET_BYTES)];
  if (!keys.some((key) => timingSafeEqual(tagOf(key, target), tag))) return undefined;
  const list = EPC_LISTS[target.readUInt8(7)];
  if (list === undefined) return undefined;
  return {
    position: target.readUIntBE(0, 3) * 2 ** 32 + target.readUInt32BE(3),
    list,
    member: target.readUIntBE(8, 3),
  };
}

function tagOf(key: Uint8Array, target: Uint8Array): Buffer {
  return createHmac('sha256', key).update('halisi-receipt-link/v1').update(target).digest().subarray(0, TAG_BYTES);
}

/** Where an event names an EPC first; undefined where it does not. */
export function placeIn(
  event: Readonly<Record<string, unknown>>,
  epc: string,
): Omit<LinkTarget, 'position'> | undefined {
  if (event['parentID'] === epc) return { list: 'parentID', member: 0 };
  for (const list of EPC_LISTS.slice(1)) {
    const value = event[list];
    const member = Array.isArray(value) ? value.indexOf(epc) : -1;
    if (member >= 0) return { list, member };
  }
  return undefined;
}

/** The EPC at that place. */
export function epcAt(event: Readonly<Record<string, unknown>>, { list, member }: LinkTarget): string | undefined {
  const value = event[list];
  const epc: unknown = Array.isArray(value) ? value[member] : member === 0 ? value : undefined;
  return typeof epc === 'string' ? epc : undefined;
}
