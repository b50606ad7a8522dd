/**
 * Where a pack or container stands in its life. `encoded`: its number was issued, nothing more. A container knows only
 * those that make sense for it. The position in the list is what the database stores: append, never reorder.
 */
export const LIVES = [
  'encoded',
  'active',
  'in_transit',
  'dispensed',
  'partially_dispensed',
  'exported',
  'sampled',
  'repacked',
  'destroyed',
  'stolen',
  'lost',
  'damaged',
  'inactive',
] as const;

export type Life = (typeof LIVES)[number];

const CODES: ReadonlyMap<Life, number> = new Map(LIVES.map((life, code) => [life, code]));

/** The number under which a life is stored. */
export const lifeCode = (life: Life): number => CODES.get(life)!;

/** The life stored under a number; throws RangeError for a number that none has. */
export function lifeOf(code: number): Life {
  const life = LIVES[code];
  if (life === undefined) throw new RangeError(`No life has the code ${code}.`);
  return life;
}
