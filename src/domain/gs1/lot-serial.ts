import { DomainError } from '../errors.js';
import { isCset82 } from './character-set.js';

/** The longest lot (AI 10) and serial number (AI 21), in characters. */
export const LOT_SERIAL_MAX = 20;

export class InvalidLotError extends DomainError<'LOT_INVALID'> {
  override readonly name = 'InvalidLotError';
}

export class InvalidSerialError extends DomainError<'SERIAL_INVALID'> {
  override readonly name = 'InvalidSerialError';
}

const fits = (text: string): boolean => text.length > 0 && text.length <= LOT_SERIAL_MAX && isCset82(text);

/** True for 1 to 20 characters of set 82 (GS1 GenSpecs 3.5.2). */
export const isSerial = (text: string): boolean => fits(text);
/** True for 1 to 20 characters of set 82 (GS1 GenSpecs 3.4.1). */
export const isLot = (text: string): boolean => fits(text);

/** Gives the serial number back as it came; case and leading zeros matter. Throws InvalidSerialError. */
export function parseSerial(input: string): string {
  if (fits(input)) return input;
  throw new InvalidSerialError(
    'SERIAL_INVALID',
    `A serial number has 1 to 20 characters of GS1 set 82; this is ${JSON.stringify(input)}.`,
    { input },
  );
}

/** Gives the lot number back as it came; case and leading zeros matter. Throws InvalidLotError. */
export function parseLot(input: string): string {
  if (fits(input)) return input;
  throw new InvalidLotError(
    'LOT_INVALID',
    `A lot number has 1 to 20 characters of GS1 set 82; this is ${JSON.stringify(input)}.`,
    { input },
  );
}
