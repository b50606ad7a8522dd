import { Injectable } from '@nestjs/common';
import { CaptureReference } from '../../capture/capture-reference.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { parseLot } from '../../domain/gs1/lot-serial.js';
import { PartnersDirectory } from '../../partners/partners-directory.js';
import { RequestRefusedError } from '../step-refusals.js';
import { LotsStore, type StoredLot } from './lots.store.js';

const MAX_QUANTITY = 100_000_000;

@Injectable()
export class LotsService {
  constructor(
    private readonly store: LotsStore,
    private readonly directory: PartnersDirectory,
    private readonly reference: CaptureReference,
  ) {}

  /** Registers a lot of a product of the organisation's. Throws LOT_TAKEN when its number is in use with other content. */
  async register(
    organisation: number,
    input: { gtin: string; number: string; expiry: string; quantity: number },
  ): Promise<StoredLot> {
    const gtin = parseGtin(input.gtin);
    const number = parseLot(input.number);
    await this.checkProduct(gtin, organisation);
    if (input.quantity < 1 || input.quantity > MAX_QUANTITY) {
      const message = `A lot has 1 to ${MAX_QUANTITY} packs; this one has ${input.quantity}.`;
      throw new RequestRefusedError('LOT_QUANTITY_INVALID', message, { got: input.quantity });
    }
    const lot = await this.store.register({ gtin, number, expiry: input.expiry, quantity: input.quantity });
    if (lot.expiry === input.expiry && lot.quantity === input.quantity) return lot;
    throw new RequestRefusedError(
      'LOT_TAKEN',
      `Lot ${number} of ${gtin} is registered with the expiry ${lot.expiry} and ${lot.quantity} packs.`,
      { expected: { expiry: lot.expiry, quantity: lot.quantity } },
    );
  }

  private async checkProduct(gtin: string, organisation: number): Promise<void> {
    const product = await this.directory.findProduct(gtin);
    if (this.reference.ownerOfGtin(gtin) !== organisation) {
      throw new RequestRefusedError('NOT_PREFIX_OWNER', `GTIN ${gtin} is not under a company prefix of yours.`);
    }
    if (!product) {
      throw new RequestRefusedError('PRODUCT_NOT_FOUND', `GTIN ${gtin} is not registered as a product.`);
    }
  }
}
