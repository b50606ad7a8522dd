import type { Actor } from '../access/actor.js';
import { seesAllTrails } from '../access/policy.js';
import type { HoldKind } from '../domain/custody/holds.js';
import { lgtinUri, sgtinUri, ssccUri } from '../domain/gs1/epc.js';
import type { Row } from '../platform/database/database.js';
import type { HoldModel } from './hold.model.js';
import type { Names } from './names.service.js';

/** A hold as it is stored, with the lot that it is on or whose pack it is on. GTINs have 14 digits, SSCCs 18. */
export interface HoldRow extends Row {
  readonly id: number;
  readonly kind: HoldKind;
  readonly recallClass: number | null;
  readonly reason: string;
  readonly openedBy: number;
  readonly openedAt: Date;
  readonly openedIn: number;
  readonly liftRequestedBy: number | null;
  readonly liftRequestedIn: number | null;
  readonly liftedBy: number | null;
  readonly liftedAt: Date | null;
  readonly liftedIn: number | null;
  readonly liftReason: string | null;
  readonly lotId: number | null;
  readonly lotGtin: string | null;
  readonly lot: string | null;
  readonly serial: string | null;
  readonly sscc: string | null;
}

/** The columns of HoldRow, from `hold h left join lot l on l.id = h.lot_id`. */
export const HOLD_COLUMNS = `h.id, h.kind, h.class as "recallClass", h.reason, h.opened_by as "openedBy",
  h.opened_at as "openedAt", h.opened_in as "openedIn", h.lift_requested_by as "liftRequestedBy",
  h.lift_requested_in as "liftRequestedIn", h.lifted_by as "liftedBy", h.lifted_at as "liftedAt",
  h.lifted_in as "liftedIn", h.lift_reason as "liftReason", h.lot_id as "lotId", lpad(l.gtin::text, 14, '0') as "lotGtin",
  l.number as lot, h.serial, lpad(h.sscc::text, 18, '0') as sscc`;

export const isLotHold = ({ serial, sscc }: HoldRow): boolean => serial === null && sscc === null;

export function epcOfHold({ lotGtin, lot, serial, sscc }: HoldRow): string {
  if (sscc !== null) return ssccUri(sscc);
  return serial === null ? lgtinUri(lotGtin!, lot!) : sgtinUri(lotGtin!, serial);
}

/** A hold for GraphQL. Who raised what about a pack, and why, is for `insiders`, for those who did it, and for overseers. */
export async function holdModel(names: Names, actor: Actor, row: HoldRow, insider: boolean): Promise<HoldModel> {
  const knows = insider || isLotHold(row) || seesAllTrails(actor) || row.openedBy === actor.organisationId;
  const [openedBy, liftRequestedBy, liftedBy] = await Promise.all([
    names.organisationOrNull(knows ? row.openedBy : null),
    names.organisationOrNull(knows ? row.liftRequestedBy : null),
    names.organisationOrNull(knows ? row.liftedBy : null),
  ]);
  return {
    kind: row.kind,
    epc: epcOfHold(row),
    recallClass: row.recallClass,
    openedAt: row.openedAt,
    openedIn: row.openedIn,
    openedBy,
    reason: knows ? row.reason : null,
    liftRequestedBy,
    liftRequestedIn: row.liftRequestedIn,
    liftedAt: row.liftedAt,
    liftedIn: row.liftedIn,
    liftedBy,
    liftReason: knows ? row.liftReason : null,
  };
}
