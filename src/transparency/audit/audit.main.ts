import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { hexToBytes } from '../../domain/bytes.js';
import { type NoteVerifier, noteVerifier } from '../../domain/tlog/index.js';
import { checkpointAnchorAddress } from '../../platform/chain/deploy.js';
import { configFrom } from '../../platform/config/config.js';
import { readEnvironment } from '../../platform/config/env.js';
import { createLogger } from '../../platform/logging.js';
import { type Platform, startPlatform } from '../../platform/platform.js';
import { localLogSigner } from '../checkpoint/log-key.js';
import { logState } from '../log/log.store.js';
import { LOG } from '../transparency.service.js';
import { audit } from './audit.js';
import type { AuditReport, ErasedEventSeen } from './finding.js';

/** Exit codes: 0 everything holds, 1 something does not, 2 the audit could not be done. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const config = configFrom(readEnvironment(readerEnvironment(process.env)));
  const platform = await startPlatform(config, createLogger({ logLevel: 'error' }));
  try {
    const verifier = await verifierOf(platform, valueOf(args, '--vkey'));
    const { database, chains } = platform;
    const reports = await audit({
      database,
      chains: chains.all,
      verifier,
      ...(json ? {} : { onProgress: showProgress() }),
    });
    if (reports.length === 0) throw new Error('this database holds no log.');
    process.stdout.write(json ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(inWords).join(''));
    return reports.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await platform.stop();
  }
}

/** An auditor of an external chain needs no key and deploys nothing: a key that owns nothing stands in for the publisher's. */
function readerEnvironment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // An audit asks the chains, whatever the server beside it does.
  const role = { HALISI_ROLE: 'all' };
  if (!given['CHAIN_RPC_URL']) return { ...given, ...role };
  return {
    ...given,
    ...role,
    CHAIN_KEYSTORE: '',
    CHAIN_KEYSTORE_PASSWORD_FILE: '',
    CHAIN_PRIVATE_KEY: Wallet.createRandom().privateKey,
    CHAIN_CONTRACT: given['CHAIN_CONTRACT'] || checkpointAnchorAddress(),
  };
}

function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

/** The key given, else the one in HALISI_HOME. It is never made here. */
async function verifierOf(platform: Platform, vkey: string | undefined): Promise<NoteVerifier | null> {
  if (vkey !== undefined) return noteVerifier(vkey);
  const path = join(platform.config.home, 'keys/log.key');
  const origin = (await logState(platform.database, LOG))?.origin;
  if (origin === undefined || !existsSync(path)) return null;
  return noteVerifier(localLogSigner(origin, hexToBytes(readFileSync(path, 'utf8').trim())).vkey);
}

function showProgress(): (done: number, total: number) => void {
  let shown = 0;
  return (done, total) => {
    if (Date.now() - shown < 1000) return;
    shown = Date.now();
    process.stderr.write(`${done} of ${total} entries\n`);
  };
}

const erasedInWords = ({ position, at, reason, by, loggedIn }: ErasedEventSeen): string =>
  `ERASED  The event at position ${position} was erased at ${at} by ${by} (${reason}); logged at ${loggedIn}.`;

function inWords(report: AuditReport): string {
  const lines = report.findings.map(({ code, message }) => `${code}  ${message}`);
  lines.push(...report.erased.map(erasedInWords));
  lines.push(...report.notAsked.map((what) => `Not asked: ${what}`));
  const { origin, events, trailBatches, trailForgotten, integrated, checkpoints, anchors, anchoredSize } = report;
  const trail = `${trailBatches} batches of the access trail${trailForgotten > 0 ? ` (${trailForgotten} forgotten)` : ''}`;
  const seen = `${events} events, ${trail}, ${integrated} in the tree, ${checkpoints} checkpoints, ${anchors} anchors, ${anchoredSize} entries final on the chain`;
  lines.push(`${report.ok ? 'Everything holds' : `${report.findings.length} finding(s)`}: ${origin}, ${seen}.`);
  return `${lines.join('\n')}\n`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`The audit could not be done: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
