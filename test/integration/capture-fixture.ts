import type pg from 'pg';
import type { CaptureReference } from '../../src/capture/capture-reference.js';
import { CaptureService } from '../../src/capture/capture.service.js';
import type { Captured } from '../../src/capture/job.js';
import type { Command } from '../../src/domain/custody/decide.js';
import { actAt, GTIN, packsOf, reference, SITES, type SiteName } from '../../src/domain/custody/testing/small-world.js';
import { DomainError } from '../../src/domain/errors.js';
import type { Database } from '../../src/platform/database/database.js';
import { inconsistencies } from '../crash/consistency.js';
import { TestPostgres } from './transparency-fixture.js';

/** What a request came to: an event, or the code of its refusal. */
export type Outcome = Captured | { readonly code: string; readonly message: string };
export const isCaptured = (outcome: Outcome): outcome is Captured => 'position' in outcome;

/** Two write paths, as two processes have them, on one database with the small network of the domain's specs. */
export class TwoProcesses {
  readonly services: readonly [CaptureService, CaptureService];
  readonly databases: readonly [Database, Database];
  readonly reference: CaptureReference;

  private constructor(
    database: Awaited<ReturnType<TestPostgres['database']>>,
    readonly owner: pg.Pool,
  ) {
    const partners = (this.reference = {
      ...reference,
      prepare: () => Promise.resolve(),
      know: () => Promise.resolve(),
    } as unknown as CaptureReference);
    this.databases = [database.database, database.another()];
    this.services = [new CaptureService(this.databases[0], partners), new CaptureService(this.databases[1], partners)];
  }

  static async on(postgres: TestPostgres): Promise<TwoProcesses> {
    const database = await postgres.database();
    await seed(database.thief);
    return new TwoProcesses(database, database.thief);
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.onApplicationShutdown();
  }

  take(process: 0 | 1, site: SiteName, command: Command, eventTime?: string): Promise<Captured> {
    const { organisation, role, site: id, eventTime: time } = actAt(site, eventTime);
    const act = { organisation, role, site: id, eventTime: time };
    return this.services[process].capture({ command, act, person: null });
  }

  /** As take, and a refusal is an answer. Whatever else goes wrong is thrown. */
  async ask(process: 0 | 1, site: SiteName, command: Command, eventTime?: string): Promise<Outcome> {
    try {
      return await this.take(process, site, command, eventTime);
    } catch (error) {
      if (error instanceof DomainError) return { code: error.code, message: error.message };
      throw error;
    }
  }

  commission = (serials: readonly string[], process: 0 | 1 = 0, lot = 'A') =>
    this.take(process, 'factory', { step: 'commissioning', gtin: GTIN, lot, serials });

  pack = (sscc: string, serials: readonly string[], containers: readonly string[] = [], process: 0 | 1 = 0) =>
    this.take(process, 'factory', packing(sscc, serials, containers));

  /** Ships, and answers the shipment. */
  async ship(serials: readonly string[], containers: readonly string[], from: SiteName, to: SiteName): Promise<number> {
    return (await this.take(0, from, shipping(serials, containers, to))).position;
  }

  async bring(serials: readonly string[], to: SiteName): Promise<void> {
    await this.commission(serials);
    await this.take(0, to, receiving(await this.ship(serials, [], 'factory', to)));
  }

  inconsistencies(): Promise<string[]> {
    return inconsistencies(this.owner);
  }
}

export const packing = (sscc: string, serials: readonly string[], containers: readonly string[] = []): Command => ({
  step: 'packing',
  sscc,
  minted: false,
  packs: packsOf(serials),
  containers,
});

export const shipping = (serials: readonly string[], containers: readonly string[], to: SiteName): Command => ({
  step: 'shipping',
  packs: packsOf(serials),
  containers,
  toSite: SITES[to].id,
  purchaseOrder: null,
  despatchAdvice: null,
});

export const receiving = (shipment: number): Command => ({
  step: 'receiving',
  shipment,
  missing: { packs: [], containers: [] },
  excess: { packs: [], containers: [] },
});

export const dispensing = (serials: readonly string[]): Command => ({ step: 'dispensing', packs: packsOf(serials) });

async function seed(owner: pg.Pool): Promise<void> {
  for (let id = 1; id <= 7; id++) {
    const { gln, role } = reference.organisation(id)!;
    await owner.query(`insert into organisation (gln, name, role, country) values ($1, $1, $2, 'KE')`, [gln, role]);
  }
  for (const { gln, organisationId } of Object.values(SITES)) {
    await owner.query(`insert into site (organisation_id, gln, name, country) values ($1, $2, $2, 'KE')`, [
      organisationId,
      gln,
    ]);
  }
  await owner.query(
    `insert into product (gtin, organisation_id, name, form, strength, pack_size, market)
     values ($1, 1, 'Amoxil', 'capsule', '500 mg', 4, 'KE')`,
    [GTIN],
  );
  for (const number of ['A', 'B']) {
    await owner.query(`insert into lot (gtin, quantity, expiry, number) values ($1, 1000000, '2099-12-31', $2)`, [
      GTIN,
      number,
    ]);
  }
}
