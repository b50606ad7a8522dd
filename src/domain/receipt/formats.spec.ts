import { readFileSync } from 'node:fs';
import { bytesToHex } from '../bytes.js';
import { HEADER_MEMBERS, readHeader } from '../evm/header.js';
import { leafHash, treeRoot } from '../tlog/index.js';
import { checkReceiptOnChain } from './chain.js';
import { checkReceipt, eventEntry } from './check.js';
import { commitEvent, disclosureBytes, disclosures } from './commitment.js';
import { BEGINNINGS, NAMES } from './compact/dictionary.js';
import { formatCompactReceipt, splitParts } from './compact/index.js';
import { FIELD_ORDER } from './event-fields.js';
import { toHex } from './hostile-value.js';
import { formatReceipt, parseReceipt, receiptEvent } from './receipt.js';
import {
  EXAMPLE_EVENT,
  EXAMPLE_SECRET,
  exampleChain,
  exampleLeaves,
  exampleReceipt,
  PROVEN_TRUST,
  provenReceipt,
} from './receipt.fixture.js';
import { packReceipt } from './receipt-set.fixture.js';
import { checkReceiptSet, formatReceiptSet, receiptSet } from './receipt-set.js';
import { ANCHORED_TOPIC } from './rpc-chain.js';
import { proveDisclosures } from './selective-disclosure.js';
import { headSlots, openStateProof } from './state-proof.js';
import { parseTrust, readTrust } from './trust.js';

/** The fenced blocks of a page of docs/formats, in order. */
function blocks(page: string): string[] {
  const text = readFileSync(`docs/formats/${page}`, 'utf8');
  return [...text.matchAll(/^```\w*\n([^]*?)\n```$/gm)].map((match) => match[1]!);
}

const { commitment } = commitEvent(EXAMPLE_EVENT, EXAMPLE_SECRET);
const proven = provenReceipt();
const all = disclosures(EXAMPLE_EVENT, EXAMPLE_SECRET).map(disclosureBytes);

describe('docs/formats', () => {
  it('commitment.md gives the order of the fields', () => {
    expect(blocks('commitment.md')[0]!.split(' ')).toEqual(FIELD_ORDER);
  });

  it('commitment.md works through its example', () => {
    const [event, texts, hashes, root] = blocks('commitment.md').slice(-4);
    expect(JSON.parse(event!)).toEqual(EXAMPLE_EVENT);
    expect(texts!.split('\n')).toEqual(all.map((bytes, i) => `${i} ${Buffer.from(bytes).toString()}`));
    expect(hashes!.split('\n')).toEqual(all.map((bytes, i) => `${i} ${bytesToHex(leafHash(bytes))}`));
    expect(root).toBe(bytesToHex(commitment));
  });

  it('log-entry.md works through its example', () => {
    const entry = eventEntry(commitment);
    const expected = [entry, leafHash(entry), treeRoot(exampleLeaves(7))].map(bytesToHex);
    expect(blocks('log-entry.md')).toEqual(expected);
  });

  it('receipt.md works through its example', () => {
    const [topic, header, trust, receipt, checkpoint, state] = blocks('receipt.md');
    const [anchor] = proven.anchors;
    expect(topic).toBe(ANCHORED_TOPIC);
    expect(header!.split(' ')).toEqual(HEADER_MEMBERS.map(([name]) => name));
    expect(JSON.parse(trust!)).toEqual(PROVEN_TRUST);
    expect(`${receipt}\n`).toBe(formatReceipt(proven));
    expect(`${checkpoint}\n`).toBe(proven.log.checkpoint);
    expect(checkReceipt(parseReceipt(receipt!), parseTrust(trust!)).checks.every(({ ok }) => ok)).toBe(true);
    const { blockHash, blockNumber, blockTime, codeHash, head } = openStateProof(
      anchor!.state!,
      anchor!.contract,
      anchor!.logId,
    );
    const stateRoot = toHex(readHeader(anchor!.state!.header).stateRoot);
    const base = headSlots(anchor!.logId).root;
    const { root, size, publisher, anchoredAt } = head;
    const values = [blockHash, stateRoot, blockNumber, blockTime, base, codeHash, root, size, publisher, anchoredAt];
    expect(state!.split('\n')).toEqual(values.map(String));
  });

  it('receipt.md names every link that is checked, and every error', async () => {
    const text = readFileSync('docs/formats/receipt.md', 'utf8');
    const { checks } = await checkReceiptOnChain(exampleReceipt(), undefined, exampleChain(exampleReceipt()));
    for (const { name } of checks) expect(text).toContain(`| \`${name}\` |`);
    expect(new Set(checks.map(({ name }) => name)).size).toBe(12);
  });

  it('receipt-set.md works through its example', () => {
    const shown = proveDisclosures(EXAMPLE_EVENT, EXAMPLE_SECRET, (name) => name === 'type' || name === 'epcList/1');
    const set = receiptSet([proven, { ...proven, event: receiptEvent(shown) }]);
    expect(blocks('receipt-set.md')).toEqual([formatReceiptSet(set).trimEnd()]);
    expect(checkReceiptSet(set, readTrust(PROVEN_TRUST)).holds).toBe(true);
  });

  it('receipt-compact.md gives its tables, its sizes and its example', () => {
    const [, names, beginnings, , hex, parts] = blocks('receipt-compact.md');
    const numbered = (all: readonly string[]): string => all.map((text, i) => `${i} ${text}`).join('\n');
    expect(names).toBe(numbered(NAMES));
    expect(beginnings).toBe(numbered(BEGINNINGS));
    const bytes = formatCompactReceipt(exampleReceipt());
    expect(hex!.replaceAll('\n', '')).toBe(bytesToHex(bytes));
    expect(parts!.split('\n')).toEqual(splitParts(bytes, 600));
    const text = readFileSync('docs/formats/receipt-compact.md', 'utf8');
    expect(text).toContain(`${bytes.length} bytes, in hex`);
    for (const receipt of [packReceipt(1000, 0), packReceipt(1000, 2), packReceipt(1000, 2, true)]) {
      const compact = formatCompactReceipt(receipt);
      const sizes = [formatReceipt(receipt).length, compact.length, splitParts(compact).length];
      expect(text).toContain(`| ${sizes.join(' | ')} |`);
    }
  });
});
