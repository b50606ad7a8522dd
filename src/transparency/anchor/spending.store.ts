import type { Queryable } from '../../platform/database/database.js';

/** What a publisher's account on a chain has cost, in wei. */
export interface Spending {
  /** Transactions in blocks of this UTC day, by their receipts. */
  readonly today: bigint;
  /** What those that are signed and in no block yet can cost at worst, without the slot that was left out. */
  readonly inFlight: bigint;
  /** What the last anchor in a block cost; null before the first. */
  readonly last: bigint | null;
}

interface SpendingRow extends Record<string, unknown> {
  today: string;
  inFlight: string;
  last: string | null;
}

/**
 * From the database alone, over all logs of the account. At most one transaction of a slot is ever mined, so a slot in flight
 * counts with its dearest; with `except`, that slot is left out. Attempts from before gas was kept count as 100,000 gas.
 */
export async function spending(
  sql: Queryable,
  { chainId, publisher }: { readonly chainId: number; readonly publisher: string },
  now: Date,
  except: number | null = null,
): Promise<Spending> {
  const text = `
    select
      (select coalesce(sum(cost), 0) from anchor where chain_id = $1 and publisher = $2 and cost is not null
        and state <> 'lost' and block_time >= date_trunc('day', $3::timestamptz at time zone 'UTC') at time zone 'UTC')::text as today,
      (select coalesce(sum(worst), 0) from (
        select max(t.max_fee * coalesce(t.gas, 100000)) as worst from anchor a join anchor_attempt t on t.anchor_id = a.id
        where a.chain_id = $1 and a.publisher = $2 and a.state in ('signed', 'sent') and a.id is distinct from $4::bigint
        group by a.id) open)::text as "inFlight",
      (select cost from anchor where chain_id = $1 and publisher = $2 and cost is not null
        order by block_time desc limit 1)::text as last`;
  const [row] = await sql.query<SpendingRow>('anchor-spending', text, [chainId, publisher, now, except]);
  const { today = '0', inFlight = '0', last = null } = row ?? {};
  return { today: BigInt(today), inFlight: BigInt(inFlight), last: last === null ? null : BigInt(last) };
}
