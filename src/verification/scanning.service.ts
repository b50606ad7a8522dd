import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../access/access-trail.js';
import { personOf, type Actor } from '../access/actor.js';
import type { Purpose } from '../access/purpose.js';
import { Acting } from '../capture/acting.service.js';
import { CaptureService } from '../capture/capture.service.js';
import type { Captured } from '../capture/job.js';
import { THE_PUBLIC } from '../domain/custody/act.js';
import { CLOCK_TOLERANCE_MS } from '../domain/custody/transitions.js';
import { sgtinUri } from '../domain/gs1/epc.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { parseSerial } from '../domain/gs1/lot-serial.js';
import { triageScan } from '../domain/gs1/scan.js';
import type { PackKey } from '../domain/verdict/choose-reading.js';
import { suppliesMedicine } from '../domain/verdict/verdict.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { Database } from '../platform/database/database.js';
import { checkScan, VerificationRefusedError } from './errors.js';
import { factsOf, lookUp } from './group.js';
import type { SuspicionInput, VerifyInput } from './verification.input.js';
import type { PublicVerification, Verification } from './verification.model.js';
import { VerificationService } from './verification.service.js';
import { publicView, signedInView } from './verification.view.js';

const LONGEST_REASON = 500;

/** What people do with a scan: somebody signed in, anybody, and somebody who sees that something is wrong. */
@Injectable()
export class Scanning {
  constructor(
    private readonly verification: VerificationService,
    private readonly capture: CaptureService,
    private readonly acting: Acting,
    private readonly directory: PartnersDirectory,
    private readonly trail: AccessTrail,
    private readonly database: Database,
  ) {}

  /** Verifies a pack for somebody signed in. Who reads another's custody is recorded before the answer leaves. */
  async verify(actor: Actor, input: VerifyInput): Promise<Verification> {
    const { scan, scannedAt } = input;
    const purpose: Purpose = input.purpose ?? 'status';
    checkScan(scan);
    if (scannedAt != null) checkTime(scannedAt);
    const site = input.site == null ? this.onlySite(actor) : await this.acting.siteOf(actor, input.site);
    const verified = await this.verification.verify({
      raw: scan,
      viewer: { organisation: actor.organisationId, role: actor.organisationRole, site },
      person: personOf(actor) ?? null,
      purpose,
      scannedAt: scannedAt ?? undefined,
    });
    const view = signedInView(verified, actor, this.directory);
    const { pack } = verified;
    if (view.custody !== null && pack !== undefined && pack.holder !== null && pack.holder !== actor.organisationId) {
      await this.trail.record({
        actor,
        ownerIds: [pack.holder],
        purpose,
        operation: 'Mutation.verify',
        subject: sgtinUri(pack.gtin, pack.serial),
      });
    }
    return view;
  }

  /** Verifies a pack for anybody. */
  async verifyPublic(scan: string): Promise<PublicVerification> {
    checkScan(scan);
    const verified = await this.verification.verify({
      raw: scan,
      viewer: 'public',
      person: null,
      purpose: 'public',
      scannedAt: undefined,
    });
    const gtin = verified.scan.reading?.gtin;
    return publicView(verified, gtin === undefined ? undefined : this.directory.product(gtin));
  }

  /** Puts a pack under suspicion: it is blocked at once. Throws StepRefusedError where there is no such pack. */
  async reportSuspicion(actor: Actor, input: SuspicionInput): Promise<Captured> {
    const reason = checkedReason(input.reason);
    const pack = await this.packOf(input);
    const site = input.site == null ? this.onlySite(actor) : await this.acting.siteOf(actor, input.site);
    if (site === null) throw siteRequired();
    return this.capture.capture({
      command: { step: 'suspecting', pack, reason },
      act: { organisation: actor.organisationId, role: actor.organisationRole, site, eventTime: input.eventTime },
      person: personOf(actor) ?? null,
    });
  }

  /**
   * As reportSuspicion, by anybody who scans. Only who has a pack's whole code before them blocks it: GTIN, serial number,
   * lot and expiry must all be what is recorded. Throws PACK_DOES_NOT_AGREE.
   */
  async reportSuspicionPublic(scan: string, said: string): Promise<Captured> {
    const reason = checkedReason(said);
    checkScan(scan);
    const job = { triage: triageScan(scan) };
    const { scan: read, pack } = factsOf(job, await lookUp(this.database, [job]));
    const { reading } = read;
    if (!pack || read.fault !== null || reading?.lot !== pack.lot || reading.expiry !== pack.expiry) {
      throw new VerificationRefusedError(
        'PACK_DOES_NOT_AGREE',
        'The code does not agree with a recorded pack, so there is nothing to block. Tell the clinic or the regulator.',
      );
    }
    return this.capture.capture({
      command: { step: 'suspecting', pack: { gtin: pack.gtin, serial: pack.serial }, reason },
      act: { organisation: THE_PUBLIC, role: 'public', site: THE_PUBLIC, eventTime: new Date().toISOString() },
      person: null,
    });
  }

  private async packOf({ scan, gtin, serial }: SuspicionInput): Promise<PackKey> {
    if (scan == null && gtin != null && serial != null) return { gtin: parseGtin(gtin), serial: parseSerial(serial) };
    if (scan == null || gtin != null || serial != null) {
      throw new VerificationRefusedError('PACK_NOT_NAMED', 'Name the pack by its scan, or by GTIN and serial number.');
    }
    checkScan(scan);
    const job = { triage: triageScan(scan) };
    const { key, scan: read } = factsOf(job, await lookUp(this.database, [job]));
    if (key !== undefined && read.fault === null) return key;
    throw new VerificationRefusedError('PACK_NOT_NAMED', 'The scan does not say for certain which pack it is.', {
      fault: read.fault ?? 'no_serial',
      notices: read.notices,
    });
  }

  /** The only site of the actor's organisation. Whoever supplies medicine must say where it is where there are several. */
  private onlySite(actor: Actor): number | null {
    const sites = this.directory.sitesOf(actor.organisationId);
    if (sites.length === 1) return sites[0]!.id;
    if (suppliesMedicine(actor.organisationRole)) throw siteRequired();
    return null;
  }
}

const siteRequired = (): VerificationRefusedError =>
  new VerificationRefusedError('SITE_REQUIRED', 'Your organisation has more or less than one site: say which it is.');

function checkTime(time: string): void {
  const now = Date.now();
  if (Date.parse(time) <= now + CLOCK_TOLERANCE_MS) return;
  const message = `The time of the scan, ${time}, is ahead of the server's clock, ${new Date(now).toISOString()}.`;
  throw new VerificationRefusedError('EVENT_TIME_IN_FUTURE', message);
}

function checkedReason(text: string): string {
  const reason = text.trim();
  if (reason.length >= 1 && reason.length <= LONGEST_REASON) return reason;
  const message = `A reason has 1 to ${LONGEST_REASON} characters; this one has ${reason.length}.`;
  throw new VerificationRefusedError('REASON_INVALID', message);
}
