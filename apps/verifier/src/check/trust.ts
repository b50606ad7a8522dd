import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import { parseTrust, type Trust, type TrustedLog } from '../../../../src/domain/receipt/trust.js';
import { UsageError } from '../command.js';
import { filesAt, load } from './files.js';

const PATIENCE_MS = 20_000;

/**
 * Reads what the reader believes beforehand from files, URLs and folders of files; undefined for none. A log may be in
 * one of them alone: two that name it could differ, and nobody would know which was meant. Throws UsageError.
 */
export async function loadTrust(sources: readonly string[]): Promise<Trust | undefined> {
  if (sources.length === 0) return undefined;
  const from = new Map<string, string>();
  const logs: TrustedLog[] = [];
  for (const { source, text } of await textsOf(sources)) {
    for (const log of parsed(source, text).logs) {
      const other = from.get(log.origin);
      if (other !== undefined) throw new UsageError(`${other} and ${source} both name the log ${log.origin}.`);
      from.set(log.origin, source);
      logs.push(log);
    }
  }
  return { logs };
}

interface Text {
  readonly source: string;
  readonly text: string;
}

async function textsOf(sources: readonly string[]): Promise<Text[]> {
  const texts: Text[] = [];
  for (const source of sources) {
    if (/^https?:\/\//.test(source)) texts.push({ source, text: await download(source) });
    else texts.push(...(await filesFrom(source)));
  }
  return texts;
}

async function filesFrom(source: string): Promise<Text[]> {
  const files = (await filesAt([source])).filter(({ path, named }) => named || path.endsWith('.json'));
  if (files.length === 0) throw new UsageError(`The folder ${source} has no trust file (*.json).`);
  return Promise.all(
    files.map(async ({ path }) => ({ source: path, text: new TextDecoder().decode(await load(path)) })),
  );
}

function parsed(source: string, text: string): Trust {
  try {
    return parseTrust(text);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    throw new UsageError(`The trust file ${source} cannot be used. ${error.message}`);
  }
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new UsageError(`${url} answered ${response.status}.`);
    return await response.text();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${url} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
}
