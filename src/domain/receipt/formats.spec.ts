import { readFileSync } from 'node:fs';
import { bytesToHex } from '../bytes.js';
import { leafHash, treeRoot } from '../tlog/index.js';
import { checkReceipt, eventEntry } from './check.js';
import { commitEvent, disclosureBytes, disclosures } from './commitment.js';
import { FIELD_ORDER } from './event-fields.js';
import { formatReceipt, parseReceipt } from './receipt.js';
import { EXAMPLE_EVENT, EXAMPLE_SECRET, EXAMPLE_TRUST, exampleLeaves, exampleReceipt } from './receipt.fixture.js';
import { ANCHORED_TOPIC } from './rpc-chain.js';
import { parseTrust } from './trust.js';

/** The fenced blocks of a page of docs/formats, in order. */
function blocks(page: string): string[] {
  const text = readFileSync(`docs/formats/${page}`, 'utf8');
  return [...text.matchAll(/^```\w*\n([^]*?)\n```$/gm)].map((match) => match[1]!);
}

const { commitment } = commitEvent(EXAMPLE_EVENT, EXAMPLE_SECRET);
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
    const [topic, trust, receipt, checkpoint] = blocks('receipt.md');
    expect(topic).toBe(ANCHORED_TOPIC);
    expect(JSON.parse(trust!)).toEqual(EXAMPLE_TRUST);
    expect(`${receipt}\n`).toBe(formatReceipt(exampleReceipt()));
    expect(`${checkpoint}\n`).toBe(exampleReceipt().log.checkpoint);
    expect(checkReceipt(parseReceipt(receipt!), parseTrust(trust!)).checks.every(({ ok }) => ok)).toBe(true);
  });

  it('receipt.md names every link that is checked', () => {
    const text = readFileSync('docs/formats/receipt.md', 'utf8');
    for (const { name } of checkReceipt(exampleReceipt()).checks) expect(text).toContain(`| \`${name}\` |`);
  });
});
