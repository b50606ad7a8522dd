import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Address, Allow, CurrentActor, Public } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { VERDICTS, type ReasonCode } from '../domain/verdict/reasons.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { PublicLimit, REPORT_WEIGHT } from './public-limit.js';
import { Scanning } from './scanning.service.js';
import { ScansStore, type StoredScan } from './scans.store.js';
import { SuspicionInput, VerifyInput } from './verification.input.js';
import { PublicVerification, Scan, ScanPage, Verification } from './verification.model.js';
import { reasonModel } from './verification.view.js';

@Resolver()
export class VerificationResolver {
  constructor(
    private readonly scanning: Scanning,
    private readonly limit: PublicLimit,
    private readonly scans: ScansStore,
    private readonly directory: PartnersDirectory,
  ) {}

  @Allow('verify')
  @Mutation(() => Verification, {
    description:
      'Verifies a pack by its scan, and keeps the scan. A pack that was dispensed before is presented again.',
  })
  verify(
    @CurrentActor() actor: Actor,
    @Args('input', { description: 'The scan, where and why.' }) input: VerifyInput,
  ): Promise<Verification> {
    return this.scanning.verify(actor, input);
  }

  @Public()
  @Query(() => PublicVerification, {
    description: 'Verifies a pack by its scan, for anybody. Refused with RATE_LIMITED beyond 300 a minute and address.',
  })
  async verifyPublic(
    @Args('scan', { type: () => String, description: 'What a telephone or a keyboard gave, unchanged.' }) scan: string,
    @Address() address: string,
  ): Promise<PublicVerification> {
    await this.limit.count(address);
    return this.scanning.verifyPublic(scan);
  }

  @Allow('suspect')
  @Mutation(() => StepResult, {
    description:
      'Reports that something is wrong with a pack. It is under suspicion at once, which blocks it everywhere.',
  })
  async reportSuspicion(
    @CurrentActor() actor: Actor,
    @Args('input', { description: 'The pack, and what is wrong.' }) input: SuspicionInput,
  ): Promise<StepResult> {
    return stepResult(await this.scanning.reportSuspicion(actor, input));
  }

  @Public()
  @Mutation(() => ID, {
    description:
      'Reports, by anybody, that something is wrong with a pack whose whole code is before one: it is blocked at once. Answers the eventID of the report.',
  })
  async reportSuspicionPublic(
    @Args('scan', { type: () => String, description: 'What a telephone or a keyboard gave, unchanged.' }) scan: string,
    @Args('reason', { type: () => String, description: 'What is wrong, 1 to 500 characters.' }) reason: string,
    @Address() address: string,
  ): Promise<string> {
    await this.limit.count(address, REPORT_WEIGHT);
    return (await this.scanning.reportSuspicionPublic(scan, reason)).eventId;
  }

  @Allow('read')
  @Query(() => ScanPage, {
    name: 'scans',
    description: 'Scans of the own organisation, the newest first; a regulator sees all, also those of the public.',
  })
  async scanPage(
    @CurrentActor() actor: Actor,
    @Args() page: PageArgs,
    @Args('gtin', { type: () => String, nullable: true, description: 'Only of this GTIN.' }) gtin?: string | null,
    @Args('serial', { type: () => String, nullable: true, description: 'Only of this serial number.' })
    serial?: string | null,
  ): Promise<ScanPage> {
    const first = pageSize(page.first);
    const rows = await this.scans.page({
      organisation: actor.organisationRole === 'regulator' ? undefined : actor.organisationId,
      gtin: gtin == null ? undefined : parseGtin(gtin),
      serial: serial ?? undefined,
      before: decodeCursor(page.after, 'number')?.[0],
      limit: first + 1,
    });
    return pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (row) => this.scanModel(row),
    );
  }

  private scanModel(row: StoredScan): Scan {
    const { id, at, gtin, serial, position, organisationId, site, person, purpose, raw } = row;
    return {
      id: String(id),
      at,
      organisation: organisationId === null ? null : (this.directory.organisation(organisationId) ?? null),
      site: site === null ? null : (this.directory.site(site) ?? null),
      personId: person,
      purpose,
      gtin,
      serial,
      raw,
      verdict: VERDICTS[row.verdict]!,
      reason: reasonModel(row.reason as ReasonCode | null),
      position,
    };
  }
}
