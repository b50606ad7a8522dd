import { Injectable } from '@nestjs/common';
import { personOf, type Actor } from '../access/actor.js';
import { CaptureService } from '../capture/capture.service.js';
import type { Captured } from '../capture/group.js';
import type { RecallClass } from '../domain/custody/holds.js';
import type { LiftRecallCommand, RecallCommand, ReleaseCommand } from '../domain/custody/steps/holding.js';
import { parseEpc } from '../domain/gs1/epc.js';
import { parseGln } from '../domain/gs1/gln.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { isSerial, parseLot } from '../domain/gs1/lot-serial.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { CaseRefusedError, reasonOf } from './case-refusals.js';
import type { KindOfRecall, LiftRecallInput, RecallLotInput, ReleasePackInput } from './recalls.input.js';

/** Opens and ends holds: each is one event, decided by the rules of `domain/custody/steps/holding`. */
@Injectable()
export class Deciding {
  constructor(
    private readonly capture: CaptureService,
    private readonly directory: PartnersDirectory,
  ) {}

  /** Throws StepRefusedError: LOT_NOT_FOUND, ALREADY_RECALLED. */
  recall(actor: Actor, input: RecallLotInput): Promise<Captured> {
    return this.take(actor, input, {
      step: 'recalling',
      ...lotOf(input),
      kind: input.kind,
      recallClass: classOf(input.kind, input.class ?? null),
      reason: reasonOf(input.reason),
    });
  }

  /** Throws StepRefusedError: LOT_NOT_FOUND, HOLD_NOT_FOUND, LIFT_NOT_ALLOWED. */
  liftRecall(actor: Actor, input: LiftRecallInput): Promise<Captured> {
    return this.take(actor, input, { step: 'lifting_recall', ...lotOf(input), reason: reasonOf(input.reason) });
  }

  /** Throws StepRefusedError: HOLD_NOT_FOUND, LIFT_NOT_ALLOWED. */
  release(actor: Actor, input: ReleasePackInput): Promise<Captured> {
    const epc = parseEpc(input.epc);
    if (epc.kind !== 'sgtin' || !isSerial(epc.serial)) {
      const got = JSON.stringify(input.epc.slice(0, 200));
      throw new CaseRefusedError('EPC_INVALID', `Expected the EPC of a pack, got ${got}.`);
    }
    const pack = { gtin: epc.gtin, serial: epc.serial };
    return this.take(actor, input, { step: 'releasing', pack, reason: reasonOf(input.reason) });
  }

  private async take(
    actor: Actor,
    { site, eventTime }: { readonly site: string; readonly eventTime: string },
    command: RecallCommand | LiftRecallCommand | ReleaseCommand,
  ): Promise<Captured> {
    const { organisationId: organisation, organisationRole: role } = actor;
    return this.capture.capture({
      command,
      act: { organisation, role, site: await this.siteOf(actor, site), eventTime },
      person: personOf(actor) ?? null,
    });
  }

  private async siteOf(actor: Actor, text: string): Promise<number> {
    const gln = parseGln(text);
    const site = await this.directory.findSiteByGln(gln);
    if (site?.organisationId === actor.organisationId) return site.id;
    throw new CaseRefusedError('SITE_NOT_YOURS', `Your organisation has no site ${gln}.`, { gln });
  }
}

const lotOf = ({ gtin, lot }: { readonly gtin: string; readonly lot: string }) => ({
  gtin: parseGtin(gtin),
  lot: parseLot(lot),
});

function classOf(kind: KindOfRecall, given: number | null): RecallClass | null {
  if (kind === 'withdrawn' && given === null) return null;
  if (kind === 'recalled' && (given === 1 || given === 2 || given === 3 || given === 4)) return given;
  const expected = kind === 'recalled' ? 'a recall has a class from 1 to 4' : 'a withdrawal has no class';
  throw new CaseRefusedError('RECALL_CLASS_INVALID', `Expected a fitting class: ${expected}; got ${given}.`);
}
