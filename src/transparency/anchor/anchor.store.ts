import type { Queryable, Row } from '../../platform/database/database.js';
import type { SignedTransaction, TimedInclusion } from './chain-port.js';
import type { Fees } from './fees.js';
import type { AnchorState } from './machine.js';

/** One log in one contract on one chain, under one publisher. */
export interface Anchorage {
  readonly log: number;
  readonly chainId: number;
  readonly contract: string;
  readonly publisher: string;
}

/** A signed transaction of a slot. */
export interface Attempt {
  readonly txHash: string;
  readonly raw: string;
  readonly size: number;
  readonly fees: Fees;
  readonly signedAt: Date;
}

/** A slot that has not ended, with its attempts, newest first. */
export interface Slot {
  readonly id: number;
  readonly state: AnchorState;
  /** Entries that it anchors, as far as is known: those of the transaction in a block, else of the newest. */
  readonly size: number;
  readonly nonce: number | null;
  readonly txHash: string | null;
  readonly blockHash: string | null;
  readonly sentAt: Date | null;
  readonly attempts: readonly Attempt[];
}

interface SlotRow extends Row {
  id: number;
  state: AnchorState;
  size: number;
  nonce: number | null;
  txHash: string | null;
  blockHash: string | null;
  sentAt: Date | null;
  attempts: { txHash: string; raw: string; size: number; maxFee: string; maxPriorityFee: string; signedAt: string }[];
}

/** The contract's id of the log; `fresh` is kept where none is known yet. */
export async function logIdOf(sql: Queryable, { log, chainId, contract }: Anchorage, fresh: string): Promise<string> {
  const insert = `insert into chain_log (log, chain_id, contract, log_id) values ($1, $2, $3, $4) on conflict do nothing`;
  await sql.execute('anchor-keep-log-id', insert, [log, chainId, contract, fresh]);
  const text = 'select log_id as "logId" from chain_log where log = $1 and chain_id = $2 and contract = $3';
  const [row] = await sql.query<{ logId: string }>('anchor-log-id', text, [log, chainId, contract]);
  return row?.logId ?? fresh;
}

/** Slots that have not ended, by nonce, a planned one last. */
export async function openSlots(sql: Queryable, { log, chainId, contract }: Anchorage): Promise<Slot[]> {
  const text = `
    select a.id, a.state, a.size, a.nonce, a.tx_hash as "txHash", a.block_hash as "blockHash", a.sent_at as "sentAt",
      coalesce((select json_agg(json_build_object('txHash', t.tx_hash, 'raw', t.raw, 'size', t.size,
        'maxFee', t.max_fee::text, 'maxPriorityFee', t.max_priority_fee::text, 'signedAt', t.signed_at) order by t.id desc)
        from anchor_attempt t where t.anchor_id = a.id), '[]') as attempts
    from anchor a where a.log = $1 and a.chain_id = $2 and a.contract = $3
      and a.state in ('planned', 'signed', 'sent', 'mined')
    order by a.nonce nulls last`;
  const rows = await sql.query<SlotRow>('anchor-open-slots', text, [log, chainId, contract]);
  return rows.map((row) => ({
    ...row,
    attempts: row.attempts.map(({ maxFee, maxPriorityFee, signedAt, ...attempt }) => ({
      ...attempt,
      signedAt: new Date(signedAt),
      fees: { maxFee: BigInt(maxFee), maxPriorityFee: BigInt(maxPriorityFee) },
    })),
  }));
}

/** The next nonce to give out, as far as we know; null before the first. */
export async function nextNonce(sql: Queryable, { chainId, publisher }: Anchorage): Promise<number | null> {
  const text = 'select next_nonce as next from chain_account where chain_id = $1 and address = $2';
  const [row] = await sql.query<{ next: number }>('anchor-next-nonce', text, [chainId, publisher]);
  return row?.next ?? null;
}

/** Opens a slot for a checkpoint. Nothing happens where one is planned already. */
export async function plan(
  sql: Queryable,
  { log, chainId, contract, publisher }: Anchorage,
  size: number,
): Promise<void> {
  const text = `insert into anchor (log, chain_id, contract, publisher, size) values ($1, $2, $3, $4, $5)
                on conflict do nothing`;
  await sql.execute('anchor-plan', text, [log, chainId, contract, publisher, size]);
}

/** A transaction to store: what it anchors, from which head, and what it can cost. */
export interface NewAttempt extends SignedTransaction {
  readonly size: number;
  readonly headSize: number;
  readonly fees: Fees;
  readonly gas: bigint;
}

/** Another process did the same step first; the transaction that threw it leaves nothing. */
export class RacedError extends Error {
  override readonly name = 'RacedError';
}

async function once(changed: Promise<number>): Promise<void> {
  if ((await changed) !== 1) throw new RacedError('Another process took this step of an anchor first.');
}

/**
 * Gives a planned slot its nonce and stores its first transaction, in the caller's transaction. `expected` is the next
 * nonce that was read before. Throws RacedError.
 */
export async function recordSigned(
  tx: Queryable,
  { chainId, publisher }: Anchorage,
  slot: Slot,
  nonce: number,
  expected: number | null,
  attempt: NewAttempt,
): Promise<void> {
  const text = `update anchor set state = 'signed', nonce = $2, size = $3, tx_hash = $4 where id = $1 and state = 'planned'`;
  await once(tx.execute('anchor-signed', text, [slot.id, nonce, attempt.size, attempt.hash]));
  const account = [chainId, publisher, nonce + 1];
  if (expected === null) {
    const first =
      'insert into chain_account (chain_id, address, next_nonce) values ($1, $2, $3) on conflict do nothing';
    await once(tx.execute('anchor-first-nonce', first, account));
  } else {
    const claim = `update chain_account set next_nonce = $3 where chain_id = $1 and address = $2 and next_nonce = $4`;
    await once(tx.execute('anchor-claim-nonce', claim, [...account, expected]));
  }
  await insertAttempt(tx, slot.id, attempt);
}

/** Stores a replacement for a stuck transaction, in the caller's transaction. Throws RacedError. */
export async function recordReplacement(tx: Queryable, slot: Slot, attempt: NewAttempt): Promise<void> {
  const text = `update anchor set state = 'signed', size = $2, tx_hash = $3 where id = $1 and state in ('signed', 'sent') and tx_hash = $4`;
  await once(tx.execute('anchor-replaced', text, [slot.id, attempt.size, attempt.hash, slot.txHash]));
  await insertAttempt(tx, slot.id, attempt);
}

async function insertAttempt(
  tx: Queryable,
  anchorId: number,
  { size, headSize, fees, gas, hash, raw }: NewAttempt,
): Promise<void> {
  const text = `insert into anchor_attempt (anchor_id, size, head_size, max_fee, max_priority_fee, gas, tx_hash, raw)
                values ($1, $2, $3, $4, $5, $6, $7, $8)`;
  const { maxFee, maxPriorityFee } = fees;
  const values = [anchorId, size, headSize, String(maxFee), String(maxPriorityFee), String(gas), hash, raw];
  await tx.execute('anchor-attempt', text, values);
}

/** The slot's newest transaction was handed to a node. */
export async function recordSent(sql: Queryable, slot: Slot): Promise<void> {
  const text = `update anchor set state = 'sent', sent_at = now() where id = $1 and state = 'signed' and tx_hash = $2`;
  await sql.execute('anchor-sent', text, [slot.id, slot.txHash]);
}

/** One of the slot's transactions is in a block (or now in another one). */
export async function recordMined(sql: Queryable, slot: Slot, size: number, seen: TimedInclusion): Promise<void> {
  const text = `update anchor set state = 'mined', size = $2, tx_hash = $3, block_number = $4, block_hash = $5,
                  block_time = $6, cost = $7, mined_at = now() where id = $1 and state in ('signed', 'sent', 'mined')`;
  const { txHash, blockNumber, blockHash, blockTime, cost } = seen;
  await sql.execute('anchor-mined', text, [slot.id, size, txHash, blockNumber, blockHash, blockTime, String(cost)]);
}

/** A reorganisation took the block away: the newest transaction waits again. */
export async function recordReturned(sql: Queryable, slot: Slot): Promise<void> {
  const text = `update anchor set state = 'sent', sent_at = now(), block_number = null, block_hash = null,
                  block_time = null, mined_at = null, cost = null, tx_hash = $2, size = $3 where id = $1 and state = 'mined'`;
  const newest = slot.attempts[0];
  await sql.execute('anchor-returned', text, [slot.id, newest?.txHash ?? slot.txHash, newest?.size ?? 0]);
}

/** The chain has it for good; what it cost and when is now agreed. False where another process recorded it. */
export async function recordFinalized(
  sql: Queryable,
  slot: Slot,
  { cost, blockTime }: TimedInclusion,
): Promise<boolean> {
  const text = `update anchor set state = 'finalized', finalized_at = now(), ended_at = now(), cost = $3, block_time = $4
                where id = $1 and state = 'mined' and block_hash = $2`;
  return (await sql.execute('anchor-finalized', text, [slot.id, slot.blockHash, String(cost), blockTime])) === 1;
}

/** The slot came to nothing. */
export async function recordEnded(
  sql: Queryable,
  slot: Slot,
  state: 'reverted' | 'abandoned',
  why: string,
): Promise<void> {
  const text = `update anchor set state = $2, why = $3, ended_at = now() where id = $1 and state = $4`;
  await sql.execute('anchor-ended', text, [slot.id, state, why, slot.state]);
}

/** The chain forgot what it had: slots from `nonce` on, and finalized ones that it does not show, are lost. */
export async function recordLoss(
  tx: Queryable,
  anchorage: Anchorage,
  nonce: number,
  finalSize: number,
): Promise<number> {
  const { log, chainId, contract, publisher } = anchorage;
  const lose = `update anchor set state = 'lost', why = 'the chain lost its state', ended_at = now()
                where log = $1 and chain_id = $2 and contract = $3
                  and ((state in ('signed', 'sent', 'mined') and nonce >= $4) or (state = 'finalized' and size > $5))`;
  const lost = await tx.execute('anchor-lose', lose, [log, chainId, contract, nonce, finalSize]);
  const rewind = 'update chain_account set next_nonce = $3 where chain_id = $1 and address = $2';
  await tx.execute('anchor-rewind', rewind, [chainId, publisher, nonce]);
  return lost;
}

/** The block of the newest final anchor in this contract; null before the first. */
export async function lastFinalBlock(
  sql: Queryable,
  { log, chainId, contract }: Anchorage,
): Promise<{ number: number; hash: string } | null> {
  const text = `select block_number as number, block_hash as hash from anchor
                where log = $1 and chain_id = $2 and contract = $3 and state = 'finalized' order by size desc limit 1`;
  const [row] = await sql.query<{ number: number; hash: string }>('anchor-final-block', text, [log, chainId, contract]);
  return row ?? null;
}

/** When the first checkpoint that is larger than `size` was signed; null where there is none. */
export async function signedSince(sql: Queryable, log: number, size: number): Promise<Date | null> {
  const text = 'select signed_at as "signedAt" from checkpoint where log = $1 and size > $2 order by size limit 1';
  const [row] = await sql.query<{ signedAt: Date }>('anchor-signed-since', text, [log, size]);
  return row?.signedAt ?? null;
}

/** Largest size that is final in this contract as far as we recorded, and when a slot was last opened. */
export async function progress(
  sql: Queryable,
  { log, chainId, contract }: Anchorage,
): Promise<{ finalSize: number; plannedAt: Date | null; plannedSize: number }> {
  const text = `
    select coalesce(max(size) filter (where state = 'finalized'), 0) as "finalSize",
      max(planned_at) filter (where state not in ('lost', 'abandoned')) as "plannedAt",
      coalesce(max(size) filter (where state not in ('lost', 'abandoned', 'reverted')), 0) as "plannedSize"
    from (
      (select * from anchor where log = $1 and state = 'finalized' and chain_id = $2 and contract = $3 order by size desc limit 1)
      union all
      (select * from anchor where log = $1 and chain_id = $2 and contract = $3
        and state in ('planned', 'signed', 'sent', 'mined'))
      union all
      (select * from anchor where log = $1 and chain_id = $2 and contract = $3 order by id desc limit 1)
    ) recent`;
  const [row] = await sql.query<{
    finalSize: number;
    plannedAt: Date | null;
    plannedSize: number;
  }>('anchor-progress', text, [log, chainId, contract]);
  return row ?? { finalSize: 0, plannedAt: null, plannedSize: 0 };
}
