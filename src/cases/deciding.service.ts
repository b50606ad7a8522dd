import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor.js';
import { Acting } from '../capture/acting.service.js';
import type { Captured } from '../capture/job.js';
import type { RecallClass } from '../domain/custody/holds.js';
import type { ReleaseCommand } from '../domain/custody/steps/holding.js';
import { parseEpc } from '../domain/gs1/epc.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { isSerial, parseLot } from '../domain/gs1/lot-serial.js';
import { CaseRefusedError, reasonOf } from './case-refusals.js';
import type { KindOfRecall, LiftRecallInput, RecallLotInput, ReleaseHoldInput } from './recalls.input.js';

/** Opens and ends holds: each is one event, decided by the rules of `domain/custody/steps/holding`. */
@Injectable()
export class Deciding {
  constructor(private readonly acting: Acting) {}

  /** Throws StepRefusedError: LOT_NOT_FOUND, ALREADY_RECALLED. */
  recall(actor: Actor, input: RecallLotInput): Promise<Captured> {
    return this.acting.take(actor, input, {
      step: 'recalling',
      ...lotOf(input),
      kind: input.kind,
      recallClass: classOf(input.kind, input.class ?? null),
      reason: reasonOf(input.reason),
    });
  }

  /** Throws StepRefusedError: LOT_NOT_FOUND, HOLD_NOT_FOUND, LIFT_NOT_ALLOWED. */
  liftRecall(actor: Actor, input: LiftRecallInput): Promise<Captured> {
    return this.acting.take(actor, input, { step: 'lifting_recall', ...lotOf(input), reason: reasonOf(input.reason) });
  }

  /** Throws StepRefusedError: HOLD_NOT_FOUND, LIFT_NOT_ALLOWED. */
  release(actor: Actor, input: ReleaseHoldInput): Promise<Captured> {
    return this.acting.take(actor, input, { step: 'releasing', ...thingOf(input.epc), reason: reasonOf(input.reason) });
  }
}

/** The pack or container that an EPC names. Throws EPC_INVALID. */
function thingOf(text: string): Pick<ReleaseCommand, 'pack' | 'sscc'> {
  const epc = parseEpc(text);
  if (epc.kind === 'sgtin' && isSerial(epc.serial)) return { pack: { gtin: epc.gtin, serial: epc.serial }, sscc: null };
  if (epc.kind === 'sscc') return { pack: null, sscc: epc.sscc };
  const got = JSON.stringify(text.slice(0, 200));
  throw new CaseRefusedError('EPC_INVALID', `Expected the EPC of a pack or container, got ${got}.`);
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
