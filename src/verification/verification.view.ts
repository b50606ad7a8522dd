import type { Actor } from '../access/actor.js';
import { canSeeTrail } from '../access/policy.js';
import { eventIdAt } from '../capture/erased-event.js';
import { sgtinUri } from '../domain/gs1/epc.js';
import type { ScanFinding, ScanReading, ScanResult } from '../domain/gs1/scan.js';
import { publicAnswer } from '../domain/verdict/public-answer.js';
import { ADVICE, REASONS, type AdviceCode, type ReasonCode } from '../domain/verdict/reasons.js';
import type { PartnersDirectory } from '../partners/partners-directory.js';
import type { Product } from '../partners/records.js';
import type {
  PackCustody,
  PackHold,
  ProposedReading,
  PublicVerification,
  ScanReading as ScanReadingModel,
  Verification,
  VerdictAdvice,
  VerdictEvidence,
  VerdictReason,
} from './verification.model.js';
import type { ActiveHold, StoredPack } from './verification.store.js';
import { packKeyOf, type Verified } from './verification.js';

const ALTERNATIVES_SHOWN = 5;

const REASON_MODELS = new Map<ReasonCode, VerdictReason>();
for (const [code, { text }] of Object.entries(REASONS))
  REASON_MODELS.set(code as ReasonCode, { code: code as ReasonCode, text });
const ADVICE_MODELS = new Map<AdviceCode, VerdictAdvice>();
for (const [code, text] of Object.entries(ADVICE))
  ADVICE_MODELS.set(code as AdviceCode, { code: code as AdviceCode, text });

export const reasonModel = (code: ReasonCode | null): VerdictReason | null =>
  code === null ? null : REASON_MODELS.get(code)!;

/**
 * Whether an actor sees who has a pack, and why it is held: its holder, the consignee it is on its way to, the owner of its
 * GTIN, who held it first, and the overseers.
 */
export function seesCustody(actor: Actor, pack: StoredPack, directory: PartnersDirectory): boolean {
  const { holder, destination, gtin } = pack;
  const holders = [
    holder,
    directory.ownerOfGtin(gtin)?.id,
    destination === null ? undefined : directory.site(destination)?.organisationId,
  ].filter((id) => id != null);
  return canSeeTrail(actor, { holders });
}

/** The answer for somebody who is signed in. */
export function signedInView(verified: Verified, actor: Actor, directory: PartnersDirectory): Verification {
  const { verdict, scan, triage, pack, scannedAt, asOf } = verified;
  const key = packKeyOf(scan);
  const seesAll = pack !== undefined && seesCustody(actor, pack, directory);
  return {
    verdict: verdict.verdict,
    reason: reasonModel(verdict.reason),
    reasons: verdict.reasons.map((code) => reasonModel(code)!),
    advice: ADVICE_MODELS.get(verdict.advice)!,
    reading: readingView(verified, triage),
    epc: key === undefined ? null : sgtinUri(key.gtin, key.serial),
    product: (scan.reading?.gtin !== undefined && directory.product(scan.reading.gtin)) || null,
    lot: pack?.lot ?? null,
    expiry: pack?.expiry ?? null,
    remaining: pack?.life === 'partially_dispensed' ? pack.remaining : null,
    differences: verdict.differences,
    custody: seesAll ? custodyView(pack, directory) : null,
    holds: pack === undefined ? [] : pack.holds.map((hold) => holdView(hold, seesAll, actor, directory)),
    evidence: pack === undefined ? null : evidenceView(pack, asOf),
    reported: verified.reported.map((event) => ({
      ...{ position: event.position, code: event.code },
      eventTime: new Date(event.eventTime),
      recordTime: new Date(event.recordTime),
    })),
    repeats: pack?.repeats ?? 0,
    scannedAt,
    asOf: new Date(asOf),
  };
}

/** The answer for anybody: nothing of who, where or when. */
export function publicView(verified: Verified, product: Product | undefined): PublicVerification {
  const { verdict, scan, pack, asOf } = verified;
  const { lot, expiry } = publicAnswer(verdict, scan.reading, pack);
  return {
    verdict: verdict.verdict,
    reason: reasonModel(verdict.reason),
    advice: ADVICE_MODELS.get(verdict.advice)!,
    product: product === undefined ? null : productView(product),
    lot,
    expiry,
    asOf: new Date(asOf),
  };
}

const productView = ({ gtin, name, commonName, form, strength }: Product) => ({
  gtin,
  name,
  commonName,
  form,
  strength,
});

function readingView({ scan }: Verified, triage: ScanResult): ScanReadingModel {
  const isAmbiguous = scan.fault === 'scan_ambiguous';
  return {
    ...proposed(isAmbiguous ? undefined : scan.reading, scan.repairs),
    raw: triage.raw,
    status: scan.status,
    notices: scan.notices,
    /** Worked out only for a client that asks for it. */
    get alternatives() {
      return triage.alternatives
        .filter(({ reading }) => isAmbiguous || reading !== scan.reading)
        .slice(0, ALTERNATIVES_SHOWN)
        .map(({ reading, repairs }) => proposed(reading, repairs));
    },
  };
}

function proposed(reading: ScanReading | undefined, repairs: readonly ScanFinding[]): ProposedReading {
  const { gtin = null, serial = null, lot = null, expiry = null, sscc = null } = reading ?? {};
  return { gtin, serial, lot, expiry, sscc, repairs };
}

function custodyView(pack: StoredPack, directory: PartnersDirectory): PackCustody {
  const siteOf = (id: number | null) => (id === null ? null : (directory.site(id) ?? null));
  return {
    life: pack.life,
    holder: pack.holder === null ? null : (directory.organisation(pack.holder) ?? null),
    site: siteOf(pack.site),
    destination: siteOf(pack.destination),
    containers: pack.containers,
  };
}

/** The reason of a hold on a pack may name places: it is for those who see custody, and for who opened it. */
function holdView(hold: ActiveHold, seesAll: boolean, actor: Actor, directory: PartnersDirectory): PackHold {
  const told = seesAll || hold.on === 'lot' || hold.openedBy === actor.organisationId;
  return {
    kind: hold.kind,
    on: hold.on,
    recallClass: hold.recallClass,
    openedAt: new Date(hold.openedAt),
    openedIn: hold.openedIn,
    openedBy: told ? (directory.organisation(hold.openedBy) ?? null) : null,
    reason: told ? hold.reason : null,
  };
}

function evidenceView({ last }: StoredPack, asOf: number): VerdictEvidence {
  return {
    position: last.position,
    eventID: eventIdAt(last.position, last.hash, last.eventId),
    eventTime: new Date(last.eventTime),
    recordTime: new Date(last.recordTime),
    ageSeconds: Math.max(0, Math.floor((asOf - last.recordTime) / 1000)),
  };
}
