import { DomainError } from '../errors.js';

/** Why a step was refused. Public API: a code never changes its meaning. */
export const REFUSAL_CODES = [
  'ALREADY_COMMISSIONED',
  'ALREADY_DISPENSED',
  'BATCH_EMPTY',
  'BATCH_REFUSED',
  'BATCH_TOO_LARGE',
  'BLOCKED',
  'CONSIGNEE_UNKNOWN',
  'CONTAINER_NOT_FOUND',
  'CORRECTIVE_EVENT_MISSING',
  'DECLARATION_NOT_YOURS',
  'DECLARED_EVENT_MISSING',
  'DUPLICATE_IN_BATCH',
  'EVENT_ID_TAKEN',
  'EVENT_TIME_IN_FUTURE',
  'EXPIRED',
  'EXPIRY_DIFFERS',
  'HOLD_NOT_FOUND',
  'LIFT_NOT_ALLOWED',
  'LOT_FULL',
  'LOT_NOT_FOUND',
  'ALREADY_ON_HOLD',
  'ALREADY_RECALLED',
  'NOT_AT_SITE',
  'NOT_COMMISSIONED',
  'NOT_HOLDER',
  'NOT_IN_SHIPMENT',
  'NOT_PREFIX_OWNER',
  'OUT_OF_ORDER',
  'PACKED_ELSEWHERE',
  'PARENT_NO_CONTAINER',
  'QUANTITY_INVALID',
  'RECALLED',
  'ROLE_NOT_ALLOWED',
  'SHIPMENT_NOT_FOUND',
  'SHIPMENT_RECEIVED',
  'SITE_NOT_YOURS',
  'STEP_NOT_ALLOWED',
  'UNDO_NOT_ATTESTED',
  'UNDO_OTHER_SITE',
  'UNDO_TOO_LATE',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** One pack, container or lot that a step may not touch, by its canonical Digital Link, and why. */
export interface Refusal {
  readonly epc: string;
  readonly code: RefusalCode;
  readonly message: string;
}

/** A step that the custody rules refuse. `details.refusals` names every item at fault; nothing of the step is stored. */
export class StepRefusedError extends DomainError<RefusalCode> {
  override readonly name = 'StepRefusedError';

  constructor(
    code: RefusalCode,
    message: string,
    readonly refusals: readonly Refusal[] = [],
  ) {
    super(code, message, { refusals });
  }
}

/** Gathers what is wrong with a batch, so that one answer names every item. */
export class Refusals {
  private readonly found: Refusal[] = [];

  add(epc: string, code: RefusalCode, message: string): void {
    this.found.push({ epc, code, message });
  }

  get any(): boolean {
    return this.found.length > 0;
  }

  /** Throws StepRefusedError when anything was added: with the items' code where all share one, else BATCH_REFUSED. */
  throwIfAny(): void {
    const [first] = this.found;
    if (first === undefined) return;
    const shared = this.found.every(({ code }) => code === first.code);
    const message =
      this.found.length === 1 ? first.message : `${this.found.length} items are refused; the first: ${first.message}`;
    throw new StepRefusedError(shared ? first.code : 'BATCH_REFUSED', message, this.found);
  }
}
