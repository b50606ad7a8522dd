import { Inject, Injectable } from '@nestjs/common';
import { AccessTrail } from '../access/access-trail.js';
import type { Actor } from '../access/actor.js';
import type { Purpose } from '../access/purpose.js';
import { DomainError } from '../domain/errors.js';
import { gtinUri, lgtinUri, sgtinUri, ssccUri } from '../domain/gs1/epc.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { parseLot, parseSerial } from '../domain/gs1/lot-serial.js';
import { parseSscc } from '../domain/gs1/sscc.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import type { ContainerIdentity, LotIdentity, PackIdentity, ProductIdentity } from './label-content.js';
import { LabelError } from './label-error.js';
import { LabelsStore } from './labels.store.js';

/** Who asks for a label, and why. */
export interface Asker {
  readonly actor: Actor;
  readonly purpose: Purpose;
}

const SERIALS_AT_ONCE = 1000;

const notFound = (what: string): DomainError<'NOT_FOUND'> =>
  new DomainError('NOT_FOUND', `There is no ${what} to be seen here.`);

/**
 * What may be printed, and by whom: the owner of the company prefix, whoever holds the pack, packs of the lot, or the
 * container, and the regulator, whose reads are recorded. For everybody else it is not there. Throws NOT_FOUND.
 */
@Injectable()
export class LabelSubjects {
  constructor(
    @Inject(LabelsStore) private readonly store: LabelsStore,
    @Inject(PartnersDirectory) private readonly partners: PartnersDirectory,
    @Inject(AccessTrail) private readonly trail: AccessTrail,
  ) {}

  /**
   * A pack with its lot and expiry as recorded. Before it is commissioned nothing is recorded: then the owner of the GTIN
   * names the lot, which must be registered. A recorded pack's lot is never another one.
   */
  async pack(asker: Asker, gtinText: string, serialText: string, lotText?: string | null): Promise<PackIdentity> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    const serial = at('/serial', () => parseSerial(serialText));
    const row = await this.store.pack(gtin, serial);
    if (row === undefined) {
      if (lotText == null) throw notFound('such pack');
      const lot = at('/lot', () => parseLot(lotText));
      return { kind: 'pack', gtin, serial, lot, expiry: await this.expiryOf(asker, gtin, lot, 'such pack') };
    }
    if (row.holder !== asker.actor.organisationId) await this.oversee(asker, gtin, sgtinUri(gtin, serial), 'such pack');
    if (lotText != null && lotText !== row.lot) throw otherLot('/lot', row, lotText);
    return { kind: 'pack', gtin, serial, lot: row.lot, expiry: row.expiry };
  }

  /** Packs of a registered lot that need not be commissioned yet: 1 to 1,000 serial numbers, for the owner of the GTIN. */
  async encodedPacks(
    asker: Asker,
    gtinText: string,
    lotText: string,
    serials: readonly string[],
  ): Promise<PackIdentity[]> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    const lot = at('/lot', () => parseLot(lotText));
    if (serials.length < 1 || serials.length > SERIALS_AT_ONCE) throw tooMany(serials.length);
    const checked = serials.map((serial, index) => at(`/serials/${index}`, () => parseSerial(serial)));
    const expiry = await this.expiryOf(asker, gtin, lot, 'such lot');
    const other = await this.store.packInOtherLot(gtin, lot, checked);
    if (other !== undefined) throw otherLot(`/serials/${checked.indexOf(other.serial)}`, other, lot);
    return checked.map((serial) => ({ kind: 'pack', gtin, serial, lot, expiry }));
  }

  /** Commissioned packs of a lot by serial number, for the owner of the GTIN: up to `limit` after the serial number `after`. */
  async packsOfLot(
    asker: Asker,
    gtinText: string,
    lotText: string,
    after: string,
    limit: number,
  ): Promise<PackIdentity[]> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    const lot = at('/lot', () => parseLot(lotText));
    await this.expiryOf(asker, gtin, lot, 'such lot');
    const rows = await this.store.packsOfLot(gtin, lot, after, limit);
    return rows.map(({ serial, expiry }) => ({ kind: 'pack', gtin, serial, lot, expiry }));
  }

  /** A lot, for the owner of its GTIN and whoever holds packs of it. */
  async lot(asker: Asker, gtinText: string, lotText: string): Promise<LotIdentity> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    const lot = at('/lot', () => parseLot(lotText));
    const row = await this.store.lot(gtin, lot);
    if (row === undefined) throw notFound('such lot');
    if (!(await this.store.holdsLot(gtin, lot, asker.actor.organisationId))) {
      await this.oversee(asker, gtin, lgtinUri(gtin, lot), 'such lot');
    }
    return { kind: 'lot', gtin, lot, expiry: row.expiry };
  }

  /** Lots of a GTIN by number, for its owner: up to `limit` after the number `after`. */
  async lots(asker: Asker, gtinText: string, after: string, limit: number): Promise<LotIdentity[]> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    await this.oversee(asker, gtin, gtinUri(gtin), 'such product');
    const rows = await this.store.lots(gtin, after, limit);
    return rows.map(({ lot, expiry }) => ({ kind: 'lot', gtin, lot, expiry }));
  }

  /** A GTIN alone, for its owner, registered as a product or not yet; for the regulator once it is registered. */
  async product(asker: Asker, gtinText: string): Promise<ProductIdentity> {
    const gtin = at('/gtin', () => parseGtin(gtinText));
    const owner = await this.partners.findOwnerOfGtin(gtin);
    const known = owner?.id === asker.actor.organisationId || (await this.partners.findProduct(gtin)) !== undefined;
    if (!known) throw notFound('such product');
    await this.permit(asker, owner?.id, gtinUri(gtin), 'such product');
    return { kind: 'product', gtin };
  }

  /**
   * A container, for the owner of its SSCC's prefix and whoever holds it. The owner may print the label before anything is
   * packed: then there is no container yet, and for everybody else none to be seen.
   */
  async container(asker: Asker, ssccText: string): Promise<ContainerIdentity> {
    const sscc = at('/sscc', () => parseSscc(ssccText));
    const row = await this.store.container(sscc);
    if (row !== undefined && row.holder === asker.actor.organisationId) return { kind: 'container', sscc };
    const owner = await this.partners.findOwnerOfPrefix(sscc.slice(1));
    if (row === undefined && owner?.id !== asker.actor.organisationId) throw notFound('such container');
    await this.permit(asker, owner?.id, ssccUri(sscc), 'such container');
    return { kind: 'container', sscc };
  }

  /** The product's name, for text beside the code; empty where no product is registered. */
  async nameOf(gtin: string): Promise<string> {
    const product = await this.partners.findProduct(gtin);
    return product === undefined ? '' : [product.name, product.strength].filter((part) => part !== '').join(', ');
  }

  /** The expiry of a registered lot, for the owner of the GTIN. */
  private async expiryOf(asker: Asker, gtin: string, lot: string, what: string): Promise<string> {
    await this.oversee(asker, gtin, lgtinUri(gtin, lot), what);
    const row = await this.store.lot(gtin, lot);
    if (row === undefined) throw notFound(what);
    return row.expiry;
  }

  private async oversee(asker: Asker, gtin: string, subject: string, what: string): Promise<void> {
    const owner = await this.partners.findOwnerOfGtin(gtin);
    await this.permit(asker, owner?.id, subject, what);
  }

  private async permit(
    { actor, purpose }: Asker,
    owner: number | undefined,
    subject: string,
    what: string,
  ): Promise<void> {
    if (owner === actor.organisationId) return;
    if (actor.organisationRole !== 'regulator') throw notFound(what);
    await this.trail.record({
      actor,
      ownerIds: owner === undefined ? [] : [owner],
      purpose,
      operation: 'label',
      subject,
    });
  }
}

/** Says in a refusal which part of the request it is about. */
function at<T>(pointer: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, { ...error.details, pointer });
  }
}

const tooMany = (got: number): LabelError =>
  new LabelError('LABEL_PARAMETER_INVALID', `Expected 1 to ${SERIALS_AT_ONCE} serial numbers, got ${got}.`, {
    pointer: '/serials',
    input: got,
  });

const otherLot = (
  pointer: string,
  pack: { readonly serial: string; readonly lot: string },
  asked: string,
): LabelError =>
  new LabelError('LABEL_LOT_DIFFERS', `Pack ${pack.serial} is recorded in lot ${pack.lot}, not ${asked}.`, {
    pointer,
    expected: pack.lot,
    input: asked,
  });
