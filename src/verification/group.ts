import { itemKey } from '../domain/custody/world.js';
import type { ScanResult } from '../domain/gs1/scan.js';
import { chooseReading, needsOtherReadings, packsToLookUp, type PackKey } from '../domain/verdict/choose-reading.js';
import type { ScanFacts } from '../domain/verdict/facts.js';
import { verdictOf } from '../domain/verdict/verdict.js';
import type { Queryable } from '../platform/database/database.js';
import { localDay } from './local-day.js';
import { packKeyOf, type Verified, type VerifyRequest } from './verification.js';
import { readPacks, type ReportedEvent, type ScanRow, type StoredPack } from './verification.store.js';

/** One scan on its way to its answer. */
export interface Job {
  readonly request: VerifyRequest;
  readonly triage: ScanResult;
  readonly scannedAt: string;
  /** True once a dispensed pack was taken through the write path for it. */
  readonly presented: boolean;
}

type Packs = ReadonlyMap<string, StoredPack>;

/** What the records say about one scan. */
export interface Looked {
  readonly scan: ScanFacts;
  readonly key: PackKey | undefined;
  readonly pack: StoredPack | undefined;
}

/**
 * Reads every pack that the scans of a group may mean: the probable readings with one statement, and with a second one the
 * other readings of those whose first does not fit.
 */
export async function lookUp(sql: Queryable, group: readonly Pick<Job, 'triage'>[]): Promise<Packs> {
  const packs = await readPacks(
    sql,
    group.flatMap(({ triage }) => packsToLookUp(triage, triage.reading === undefined ? undefined : 1)),
  );
  const recordOf = (gtin: string, serial: string) => packs.get(itemKey(gtin, serial));
  const others = group.flatMap(({ triage }) =>
    needsOtherReadings(triage, recordOf)
      ? packsToLookUp(triage).filter(({ gtin, serial }) => !packs.has(itemKey(gtin, serial)))
      : [],
  );
  for (const [key, pack] of await readPacks(sql, others)) packs.set(key, pack);
  return packs;
}

/** Settles which reading of a scan counts, and which pack it names. */
export function factsOf({ triage }: Pick<Job, 'triage'>, packs: Packs): Looked {
  const recordOf = (gtin: string, serial: string) => packs.get(itemKey(gtin, serial));
  const scan = chooseReading(triage, recordOf);
  const key = packKeyOf(scan);
  return { scan, key, pack: key && recordOf(key.gtin, key.serial) };
}

/** The verdict on one scan. */
export function answer(
  { request, triage, scannedAt }: Job,
  { scan, pack }: Looked,
  known: {
    readonly productKnown: boolean;
    readonly serialIssued: boolean;
    readonly reported: readonly ReportedEvent[];
  },
  asOf: number,
): Verified {
  const today = localDay(asOf, request.scannedAt);
  const { reported } = known;
  const facts = { scan, pack, viewer: request.viewer, today, ...known, reported: reported.length > 0 };
  return { verdict: verdictOf(facts), scan, triage, pack, reported, scannedAt, asOf };
}

/** What is kept of a scan: always what the scanner gave, and as much as could be read of it. */
export function scanRow({ request, scannedAt }: Job, { scan, pack, verdict }: Verified): ScanRow {
  const { viewer } = request;
  const read = scan.fault === null ? scan.reading : undefined;
  return {
    at: scannedAt,
    gtin: read?.gtin ?? null,
    serial: (read?.gtin && read.serial) ?? null,
    position: pack?.last.position ?? null,
    organisation: viewer === 'public' ? null : viewer.organisation,
    site: viewer === 'public' ? null : viewer.site,
    person: request.person,
    verdict: verdict.verdict,
    purpose: request.purpose,
    reason: verdict.reason,
    raw: request.raw,
  };
}
