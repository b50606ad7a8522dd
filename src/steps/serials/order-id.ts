import { SerialsRefusedError } from '../../partners/serials/serials-errors.js';

/** The number of an order as a client writes it. Throws ORDER_NOT_FOUND for what is no number. */
export function orderId(text: string): number {
  const id = Number(text);
  if (/^\d{1,15}$/.test(text)) return id;
  throw new SerialsRefusedError('ORDER_NOT_FOUND', `You have no order of serial numbers ${JSON.stringify(text)}.`);
}
