import type { NoteVerifier } from '../../domain/tlog/index.js';
import type { Chain } from '../../platform/chain/chain.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import { logNumbers } from '../log/log.store.js';
import { auditedAnchors } from './audit.store.js';
import { type ChainAnchor, chainAnchors } from './chain-anchors.js';
import type { AuditReport, Finding } from './finding.js';
import { LogAudit } from './log-audit.js';

export interface AuditOptions {
  readonly database: Database;
  /** None audits the database by itself. */
  readonly chains: readonly Chain[];
  /** The published key of the log; null leaves signatures unchecked. */
  readonly verifier: NoteVerifier | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Audits every log of a database, on one snapshot, against the chains. */
export async function audit({ database, chains, verifier, onProgress }: AuditOptions): Promise<AuditReport[]> {
  return database.transaction(async (tx) => {
    const reports: AuditReport[] = [];
    for (const log of await logNumbers(tx)) {
      const notAsked = verifier === null ? ['Signatures of checkpoints: the log key is not known.'] : [];
      const { anchors, findings } = await onChains(tx, log, chains, notAsked);
      const result = await new LogAudit(tx, { log, verifier, anchors, ...(onProgress && { onProgress }) }).run();
      const all = [...result.findings, ...findings];
      const anchoredSize = anchors.at(-1)?.size ?? 0;
      reports.push({ ...result, ok: all.length === 0, anchors: anchors.length, anchoredSize, findings: all, notAsked });
    }
    return reports;
  }, 'repeatable read');
}

async function onChains(
  tx: Queryable,
  log: number,
  chains: readonly Chain[],
  notAsked: string[],
): Promise<{ anchors: ChainAnchor[]; findings: Finding[] }> {
  if (chains.length === 0) notAsked.push('Anchors: no chain was given.');
  const anchors: ChainAnchor[] = [];
  const findings: Finding[] = [];
  for (const chain of chains) {
    const found = await onChain(tx, log, chain, notAsked);
    anchors.push(...found.anchors);
    findings.push(...found.findings);
  }
  return { anchors: anchors.sort((a, b) => a.size - b.size), findings };
}

async function onChain(
  tx: Queryable,
  log: number,
  chain: Chain,
  notAsked: string[],
): Promise<{ anchors: ChainAnchor[]; findings: Finding[] }> {
  const { contract } = chain;
  const text = 'select log_id as "logId" from chain_log where log = $1 and chain_id = $2 and contract = $3';
  const [row] = await tx.query<{ logId: string }>('audit-log-id', text, [log, chain.chainId, contract]);
  if (row === undefined) {
    notAsked.push(`Anchors: the log was never anchored in ${contract} on chain ${chain.chainId}.`);
    return { anchors: [], findings: [] };
  }
  const recorded = await auditedAnchors(tx, log, chain.chainId, contract);
  const anchors = await chainAnchors(chain, row.logId, recorded[0]?.blockNumber ?? 0);
  const shown = new Set(anchors.map(({ txHash, size }) => `${txHash}/${size}`));
  const findings = recorded
    .filter(({ txHash, size }) => !shown.has(`${txHash}/${size}`))
    .map(({ txHash, size }): Finding => {
      const message = `The anchor of ${size} entries, recorded as final in transaction ${txHash}, is not on chain ${chain.chainId}.`;
      return { code: 'ANCHOR_NOT_ON_CHAIN', message };
    });
  return { anchors, findings };
}
