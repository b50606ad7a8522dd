import type { Queryable, Row } from '../../platform/database/database.js';

/** What a receipt is made of: the event itself. `secret` opens its commitment and never leaves the server. */
export interface StoredEvent extends Row {
  readonly position: number;
  readonly body: string;
  readonly secret: Buffer;
}

/** A finalized anchor with its checkpoint. */
export interface FinalAnchor extends Row {
  readonly size: number;
  /** Size of the last final anchor, of any chain, without the entry: entries from there on have these anchors; 0 before the first. */
  readonly after: number;
  readonly root: Buffer;
  readonly note: string;
  readonly origin: string;
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly txHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly blockTime: Date;
  /** Proof of the log's head in the block's state, where the node gave one. */
  readonly state: {
    readonly header: string;
    readonly account: string[];
    readonly root: string[];
    readonly size: string[];
  } | null;
}

/** The events at `positions`; those that do not exist, or are erased, are left out. */
export async function eventsAt(sql: Queryable, positions: readonly number[]): Promise<StoredEvent[]> {
  const text = `select e.position, e.body, e.secret from unnest($1::bigint[]) as k (position)
                cross join lateral (select position, body, secret from event
                  where position = k.position and body is not null offset 0) e`;
  return sql.query<StoredEvent>('receipt-events', text, [positions]);
}

/** The first final anchor of each chain whose tree holds entry `index`. */
export async function finalAnchors(sql: Queryable, log: number, index: number): Promise<FinalAnchor[]> {
  const text = `
    select a.size, c.root, c.note, l.origin, k.chain_id as "chainId", k.contract, k.log_id as "logId",
      a.tx_hash as "txHash", a.block_number as "blockNumber", a.block_hash as "blockHash", a.block_time as "blockTime",
      coalesce((select b.size from anchor b where b.log = l.number and b.state = 'finalized' and b.size <= $2
        order by b.size desc limit 1), 0) as after,
      (select json_build_object('header', s.header, 'account', s.account, 'root', s.root, 'size', s.size)
        from anchor_state s where s.anchor_id = a.id) as state
    from log l join chain_log k on k.log = l.number
    cross join lateral (select * from anchor a where a.log = l.number and a.state = 'finalized' and a.size > $2
      and a.chain_id = k.chain_id and a.contract = k.contract order by a.size limit 1) a
    join checkpoint c on c.log = l.number and c.size = a.size
    where l.number = $1 order by a.size`;
  return sql.query<FinalAnchor>('receipt-anchors', text, [log, index]);
}

/** The most entries that are final on any chain; 0 before the first anchor. */
export async function largestFinal(sql: Queryable, log: number): Promise<number> {
  const text = `select size from anchor where log = $1 and state = 'finalized' order by size desc limit 1`;
  const [row] = await sql.query<{ size: number }>('receipt-largest-final', text, [log]);
  return row?.size ?? 0;
}
