import { Injectable } from '@nestjs/common';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { requestKey } from '../../platform/request-key.js';
import { PartnersDirectory } from '../partners-directory.js';
import { SerialsRefusedError } from './serials-errors.js';
import { counterOf, serialsOf } from './serial-permutation.js';
import { SerialsStore, type SerialSequence, type StoredOrder } from './serials.store.js';

/** Most serial numbers of one order. */
export const MAX_ORDER = 1_000_000;
/** How many serial numbers a chunk of a download has. */
const CHUNK = 10_000;

/** Orders of serial numbers: random to look at, unique per GTIN, and one row however many. */
@Injectable()
export class SerialNumbersService {
  private readonly keys = new Map<string, SerialSequence>();

  constructor(
    private readonly store: SerialsStore,
    private readonly directory: PartnersDirectory,
  ) {}

  /** Orders serial numbers for a GTIN of the organisation's. The same reference again answers the same order. */
  async order(
    organisation: number,
    input: { gtin: string; quantity: number; reference: string },
  ): Promise<StoredOrder> {
    const gtin = parseGtin(input.gtin);
    if ((await this.directory.findOwnerOfGtin(gtin))?.id !== organisation) {
      throw new SerialsRefusedError('NOT_PREFIX_OWNER', `GTIN ${gtin} is not under a company prefix of yours.`);
    }
    if (!(await this.directory.findProduct(gtin))) {
      throw new SerialsRefusedError('PRODUCT_NOT_FOUND', `GTIN ${gtin} is not registered as a product.`);
    }
    if (input.quantity < 1 || input.quantity > MAX_ORDER) {
      const message = `An order is of 1 to ${MAX_ORDER} serial numbers; this one is of ${input.quantity}.`;
      throw new SerialsRefusedError('ORDER_QUANTITY_INVALID', message, { got: input.quantity });
    }
    const request = requestKey({ organisation, gtin, reference: input.reference });
    const order = await this.store.order(gtin, input.quantity, organisation, request);
    if (order.quantity === input.quantity) return order;
    throw new SerialsRefusedError(
      'ORDER_REFERENCE_TAKEN',
      `Your reference ${JSON.stringify(input.reference)} stands for an order of ${order.quantity} serial numbers.`,
      { expected: order.quantity, got: input.quantity },
    );
  }

  /** An order of the organisation's own; hidden and non-existent are the same. */
  async find(organisation: number, id: number): Promise<StoredOrder> {
    const order = await this.store.find(id, organisation);
    if (order) return order;
    throw new SerialsRefusedError('ORDER_NOT_FOUND', `You have no order of serial numbers ${id}.`);
  }

  /** Serial numbers of an order from its `from`-th on, counted from 0. */
  async serials(order: StoredOrder, from: number, count: number): Promise<string[]> {
    if (from < 0 || count < 1 || from + count > order.quantity) {
      throw new SerialsRefusedError(
        'ORDER_RANGE_INVALID',
        `The order has the serial numbers 0 to ${order.quantity - 1}; ${from} to ${from + count - 1} were asked for.`,
      );
    }
    const { key } = await this.sequence(order.gtin);
    return serialsOf(key, order.first + from, count);
  }

  /** All serial numbers of an order as lines of text, in chunks; the event loop turns between two of them. */
  async *lines(order: StoredOrder): AsyncGenerator<string> {
    for (let from = 0; from < order.quantity; from += CHUNK) {
      const serials = await this.serials(order, from, Math.min(CHUNK, order.quantity - from));
      yield serials.join('\n') + '\n';
      await new Promise(setImmediate);
    }
  }

  /** True when a serial number of this GTIN was ordered, whether or not a pack carries it. */
  async wasIssued(gtin: string, serial: string): Promise<boolean> {
    const known = this.keys.get(gtin) ?? (await this.store.sequence(gtin));
    const counter = known && counterOf(known.key, serial);
    if (known === undefined || counter === undefined) return false;
    if (counter < known.issued) return true;
    // Ordered since it was cached? Only a counter that could have been is worth the query.
    const latest = await this.sequence(gtin, true);
    return counter < latest.issued;
  }

  private async sequence(gtin: string, fresh = false): Promise<SerialSequence> {
    const cached = fresh ? undefined : this.keys.get(gtin);
    const sequence = cached ?? (await this.store.sequence(gtin));
    if (!sequence) throw new Error(`GTIN ${gtin} has no sequence of serial numbers.`);
    this.keys.set(gtin, sequence);
    return sequence;
  }
}
