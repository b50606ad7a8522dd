import type { Queryable, Row } from '../../platform/database/database.js';
import type { Anchorage } from './anchor.store.js';
import type { AnchorProblem, AnchorWarning } from './problem.js';

/** How a log stands on a chain. Amounts in wei. */
export interface ChainStatus {
  readonly problem: AnchorProblem | null;
  readonly detail: string;
  readonly warnings: readonly AnchorWarning[];
  readonly latestSize: number;
  readonly finalSize: number;
  readonly overdue: boolean;
  readonly spentToday: bigint;
  readonly dailyBudget: bigint | null;
  readonly balance: bigint | null;
  readonly anchorsLeft: number | null;
  readonly nextDue: Date | null;
}

/** Makes the row of a chain where it is not there, so that other processes know what is anchored where. */
export async function storeIdentity(
  sql: Queryable,
  { log, chainId, contract, publisher }: Anchorage,
  name: string,
  publicRpc: string | undefined,
): Promise<void> {
  const text = `
    insert into anchor_chain (log, chain_id, contract, publisher, name, public_rpc) values ($1, $2, $3, $4, $5, $6)
    on conflict (log, chain_id, contract) do update set publisher = excluded.publisher, name = excluded.name,
      public_rpc = excluded.public_rpc, active = true`;
  await sql.execute('anchor-chain-identity', text, [log, chainId, contract, publisher, name, publicRpc ?? null]);
}

/** Chains of a log that are no longer configured are shown no more; what was anchored there stays. */
export async function retireOthers(sql: Queryable, log: number, current: readonly Anchorage[]): Promise<void> {
  const text = `update anchor_chain set active = false where log = $1 and active
                and (chain_id, contract) not in (select * from unnest($2::bigint[], $3::text[]))`;
  const chainIds = current.map(({ chainId }) => chainId);
  await sql.execute('anchor-chain-retire', text, [log, chainIds, current.map(({ contract }) => contract)]);
}

/** Keeps what the last round saw. What was not seen this time (no balance, no head) stays as it was. */
export async function storeStatus(
  sql: Queryable,
  anchorage: Anchorage,
  status: ChainStatus,
  looked: boolean,
): Promise<void> {
  const { log, chainId, contract } = anchorage;
  const text = `
    update anchor_chain set problem = $4, detail = $5, warnings = $6, overdue = $7, spent_today = $8, daily_budget = $9,
      next_due = $10, latest_size = case when $14 then $11 else latest_size end,
      final_size = case when $14 then $12 else final_size end, balance = coalesce($13, balance),
      anchors_left = coalesce($15, anchors_left), seen_at = now()
    where log = $1 and chain_id = $2 and contract = $3`;
  const { problem, detail, warnings, overdue, spentToday, dailyBudget, nextDue, latestSize, finalSize, balance } =
    status;
  const amounts = [
    String(spentToday),
    dailyBudget === null ? null : String(dailyBudget),
    nextDue,
    latestSize,
    finalSize,
  ];
  await sql.execute('anchor-chain-status', text, [
    ...[log, chainId, contract, problem, detail, warnings, overdue, ...amounts],
    ...[balance === null ? null : String(balance), looked, status.anchorsLeft],
  ]);
}

/** A chain as everybody may see it, from the worker's last rounds. */
export interface ChainRow extends Row {
  readonly name: string;
  readonly chainId: number;
  readonly contract: string;
  readonly publisher: string;
  readonly publicRpc: string | null;
  readonly logId: string;
  readonly problem: AnchorProblem | null;
  readonly warnings: AnchorWarning[];
  readonly overdue: boolean;
  readonly final: number;
  readonly finalizedAt: Date | null;
  /** Wei, decimal. */
  readonly spentToday: string;
  readonly anchorsLeft: number | null;
  readonly nextDue: Date | null;
  readonly seenAt: Date;
}

/** The chains that a log is anchored to, by name. */
export async function chainRows(sql: Queryable, log: number): Promise<ChainRow[]> {
  const text = `
    select c.name, c.chain_id as "chainId", c.contract, c.publisher, c.public_rpc as "publicRpc", k.log_id as "logId",
      c.problem, c.warnings, c.overdue, coalesce(f.size, 0) as final, f.finalized_at as "finalizedAt",
      c.spent_today::text as "spentToday", c.anchors_left as "anchorsLeft", c.next_due as "nextDue", c.seen_at as "seenAt"
    from anchor_chain c join chain_log k on (k.log, k.chain_id, k.contract) = (c.log, c.chain_id, c.contract)
    left join lateral (select a.size, a.finalized_at from anchor a where a.log = c.log and a.chain_id = c.chain_id
      and a.contract = c.contract and a.state = 'finalized' order by a.size desc limit 1) f on true
    where c.log = $1 and c.active order by c.name, c.contract`;
  return sql.query<ChainRow>('anchor-chains', text, [log]);
}
