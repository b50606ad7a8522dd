import type { Queryable, Row } from '../../platform/database/database.js';
import type { AnchorState } from '../anchor/machine.js';

/** How far a log is at each stage. */
export interface LogStatus extends Row {
  readonly origin: string;
  readonly size: number;
  readonly integrated: number;
  readonly signed: number;
  readonly published: number;
  readonly final: number;
  readonly finalizedAt: Date | null;
}

/** Null for a log that does not exist. */
export async function logStatus(sql: Queryable, log: number): Promise<LogStatus | null> {
  const text = `
    select l.origin, l.size, coalesce(t.size, 0) as integrated,
      coalesce((select max(c.size) from checkpoint c where c.log = l.number), 0) as signed,
      coalesce((select max(p.size) from publication p where p.log = l.number), 0) as published,
      coalesce(f.size, 0) as final, f.finalized_at as "finalizedAt"
    from log l left join tree t on t.log = l.number
    left join lateral (select a.size, a.finalized_at from anchor a where a.log = l.number and a.state = 'finalized'
      order by a.size desc limit 1) f on true
    where l.number = $1`;
  const [row] = await sql.query<LogStatus>('log-status', text, [log]);
  return row ?? null;
}

/** One anchor as the API shows it. */
export interface AnchorRow extends Row {
  readonly id: number;
  readonly state: AnchorState;
  readonly size: number;
  readonly chainId: number;
  readonly contract: string;
  readonly transaction: string | null;
  readonly blockNumber: number | null;
  readonly blockHash: string | null;
  readonly blockTime: Date | null;
  readonly plannedAt: Date;
  readonly finalizedAt: Date | null;
}

const ANCHOR = `id, state, size, chain_id as "chainId", contract, tx_hash as transaction, block_number as "blockNumber",
  block_hash as "blockHash", block_time as "blockTime", planned_at as "plannedAt", finalized_at as "finalizedAt"`;

/** Anchors of a log, newest first, from below `before` on. */
export async function anchorPage(
  sql: Queryable,
  log: number,
  before: number | undefined,
  limit: number,
): Promise<AnchorRow[]> {
  const text = `select ${ANCHOR} from anchor where log = $1 and id < $2 order by id desc limit $3`;
  return sql.query<AnchorRow>('log-anchors', text, [log, before ?? Number.MAX_SAFE_INTEGER, limit]);
}

/** The best anchor whose tree holds entry `index`: the first final one, else the one that is furthest. */
export async function anchorCovering(sql: Queryable, log: number, index: number): Promise<AnchorRow | null> {
  const final = `select ${ANCHOR} from anchor where log = $1 and state = 'finalized' and size > $2 order by size limit 1`;
  const [row] = await sql.query<AnchorRow>('log-final-anchor', final, [log, index]);
  if (row !== undefined) return row;
  const open = `select ${ANCHOR} from anchor where log = $1 and state in ('planned', 'signed', 'sent', 'mined') and size > $2
                order by state = 'mined' desc, size limit 1`;
  const [best] = await sql.query<AnchorRow>('log-open-anchor', open, [log, index]);
  return best ?? null;
}
