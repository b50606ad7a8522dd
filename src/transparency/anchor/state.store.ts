import type { StateProof } from '../../domain/receipt/state-proof.js';
import type { Queryable } from '../../platform/database/database.js';

/** Keeps the state proof of an anchor; the first one stays. */
export async function storeState(sql: Queryable, anchorId: number, proof: StateProof): Promise<void> {
  const text = `insert into anchor_state (anchor_id, header, account, root, size) values ($1, $2, $3, $4, $5)
                on conflict do nothing`;
  const { header, account, root, size } = proof;
  const nodes = [account, root, size].map((list) => list.map((node) => Buffer.from(node)));
  await sql.execute('anchor-state', text, [anchorId, Buffer.from(header), ...nodes]);
}
