import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { formatCompactReceipt, splitParts } from '../../src/domain/receipt/compact/index.js';
import { formatReceipt, parseReceipt, type Receipt } from '../../src/domain/receipt/receipt.js';
import { EXAMPLE_TRUST, exampleReceipt } from '../../src/domain/receipt/receipt.fixture.js';
import { ANCHORED_TOPIC } from '../../src/domain/receipt/rpc-chain.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp } from '../support/start-app.js';
import { type OpenBrowser, openBrowser } from './chromium.js';

const GTIN = '09521001000017';
const EPC = `https://id.gs1.org/01/${GTIN}/21/PAGE1`;

let folder: string;
let browser: OpenBrowser;
let page: Page;
/** Requests that the page made to anything but its own file. */
let asked: string[];

/** Saves the page, a receipt and the page of a link to it from a running server, which is gone when this returns. */
async function saveAll(): Promise<void> {
  const app = await startApp({ demo: true });
  try {
    const maker = await tokenOf(app, 'operator@kilimani.example');
    const lot = { gtin: GTIN, number: 'PAGE-7', expiry: '2029-01-31', quantity: 2 };
    await app.ask(
      'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
      { input: lot },
      maker,
    );
    const input = { site: '9521001001014', gtin: GTIN, lot: 'PAGE-7', serials: ['PAGE1', 'PAGE2'] };
    const { commission } = await app.ask<{ commission: { event: { position: number } } }>(
      'mutation ($input: CommissionInput!) { commission(input: $input) { event { position } } }',
      { input: { ...input, eventTime: '2026-11-20T09:00:00.000+03:00' } },
      maker,
    );
    const variables = { position: commission.event.position, epc: EPC };
    const query =
      'query ($position: Position!, $epc: String!) { receipt(position: $position, epc: $epc) { stage file } }';
    const file = await eventually('a receipt that a final block stands behind', async () => {
      const { data } = await app.graphql<{ receipt: { stage: string; file: string } }>(query, variables, maker);
      return data?.receipt.stage === 'FINAL' && data.receipt.file;
    });
    const { link } = await app.ask<{ link: { url: string } }>(
      'mutation ($position: Position!, $epc: String!) { link: makeReceiptLink(position: $position, epc: $epc) { url } }',
      variables,
      maker,
    );
    const save = async (name: string, path: string): Promise<void> => {
      const answer = await app.rest(path, { headers: { accept: 'text/html,*/*' } });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      await writeFile(join(folder, name), Buffer.from(await answer.arrayBuffer()));
    };
    await save('verify.html', '/verify.html');
    await save('link.html', link.url);
    await save('halisi.json', '/.well-known/halisi.json');
    await writeFile(join(folder, 'receipt.json'), file);
  } finally {
    await app.close();
  }
}

const at = (name: string): string => join(folder, name);

async function open(name: string): Promise<void> {
  asked = [];
  await page.goto(pathToFileURL(at(name)).href);
}

async function verdict(): Promise<string | null> {
  await page.waitForSelector('.banner');
  return page.getAttribute('.banner', 'data-verdict');
}

/** Kept for a person's eyes where SCREENSHOTS names a folder. */
async function picture(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function stateOf(link: string): Promise<string | null> {
  return page.getAttribute(`[data-link="${link}"]`, 'data-state');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halisi-page-'));
  await saveAll();
  browser = await openBrowser({ viewport: { width: 390, height: 844 }, offline: true });
  page = await browser.context.newPage();
  browser.context.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) asked.push(request.url());
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

describe('the page that checks receipts, saved to the disk, without server and network', () => {
  beforeEach(() => open('verify.html'));
  afterEach(async () => {
    expect(asked).toEqual([]);
    // Nothing reaches beyond a phone's screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('says what a receipt proves, link by link', async () => {
    await page.setInputFiles('#receipts', at('receipt.json'));
    expect(await verdict()).toBe('open');
    for (const link of ['disclosures', 'log-inclusion', 'checkpoint', 'log-key', 'anchor', 'anchor-contract']) {
      expect([link, await stateOf(link)]).toEqual([link, 'holds']);
    }
    const result = await page.innerText('#result');
    for (const said of [`GTIN ${GTIN}, serial number PAGE1`, 'PAGE-7', '2029-01-31', 'Made: the pack got']) {
      expect(result).toContain(said);
    }
    expect(result).toContain('Holds: The event is in the log');
    expect(result).not.toContain('PAGE2');
  });

  it('names the link that one changed byte breaks, in words and not by colour alone', async () => {
    await writeFile(
      at('changed.json'),
      (await readFile(at('receipt.json'), 'utf8')).replace('2029-01-31', '2030-01-31'),
    );
    await page.setInputFiles('#receipts', at('changed.json'));
    expect(await verdict()).toBe('broken');
    expect(await stateOf('disclosures')).toBe('broken');
    expect(await stateOf('log-key')).toBe('holds');
    const result = await page.innerText('#result');
    expect(result).toContain('Not proven');
    expect(result).toContain('Broken: The fields belong to the recorded event');
    await picture('broken-phone');
  });

  it('takes the texts of QR codes, and compact files', async () => {
    const compact = formatCompactReceipt(parseReceipt(await readFile(at('receipt.json'), 'utf8')));
    await page.fill('#paste', splitParts(compact, 500).reverse().join('\n'));
    await page.click('#check');
    expect(await verdict()).toBe('open');
    await page.click('#clear');
    expect(await page.locator('.banner').count()).toBe(0);
    await writeFile(at('receipt.hreceipt'), compact);
    await page.setInputFiles('#receipts', at('receipt.hreceipt'));
    expect(await verdict()).toBe('open');
  });

  it('shows what cannot be read as a receipt as text, whatever is in it', async () => {
    await page.fill('#paste', '{"format":"<img src=x onerror=alert(1)>"}');
    await page.click('#check');
    expect(await verdict()).toBe('broken');
    expect(await page.innerText('#result')).toContain('RECEIPT_VERSION');
    expect(await page.locator('#result img').count()).toBe(0);
  });

  it('believes nobody whom it does not know, and another trust file instead', async () => {
    const stranger = { logs: [{ origin: 'stranger.example/log', keys: [], anchors: [] }] };
    await writeFile(at('stranger.json'), JSON.stringify(stranger));
    await page.setInputFiles('#receipts', at('receipt.json'));
    expect(await verdict()).toBe('open');
    await page.setInputFiles('#trust', at('stranger.json'));
    await page.waitForSelector('[data-link="log-key"][data-state="broken"]');
    await page.setInputFiles('#trust', at('halisi.json'));
    await page.waitForSelector('[data-link="log-key"][data-state="holds"]');
    expect(await page.innerText('.trust')).toContain('halisi.json');
  });

  it('speaks Kiswahili and French, and keeps its result', async () => {
    await page.setInputFiles('#receipts', at('receipt.json'));
    await verdict();
    await page.selectOption('#language', 'sw');
    expect(await page.innerText('h1')).toBe('Hakiki risiti');
    expect(await page.innerText('#result')).toContain('Kinashika');
    expect(await page.getAttribute('html', 'lang')).toBe('sw');
    await page.selectOption('#language', 'fr');
    expect(await page.innerText('#result')).toContain('Tient');
  });

  it('is used with the keyboard alone, and says its verdict to those who do not see it', async () => {
    const reached: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => (globalThis as unknown as Shown).document.activeElement?.id ?? ''));
    }
    expect(reached).toEqual(expect.arrayContaining(['language', 'receipts', 'paste', 'check', 'clear']));
    await page.setInputFiles('#receipts', at('receipt.json'));
    await verdict();
    expect(await page.innerText('[role="status"]')).toContain('Nothing is broken');
    await page.waitForFunction(() => (globalThis as unknown as Shown).document.activeElement?.id === 'result-title');
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    await page.setInputFiles('#receipts', at('receipt.json'));
    await verdict();
    const wide = await page.evaluate(() => (globalThis as unknown as Shown).document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await picture('proven-phone');
  });
});

describe('the page of a link, saved to the disk', () => {
  it('carries its receipt, and checks it when it is opened', async () => {
    await open('link.html');
    expect(await verdict()).toBe('open');
    expect(await page.innerText('#result')).toContain('serial number PAGE1');
    expect(await page.innerText('#result')).toContain('came with this page');
    await picture('link-phone');
    expect(asked).toEqual([]);
  });
});

describe('the page with a network', () => {
  it('asks a node of the chain whose address somebody types, and nobody else', async () => {
    const receipt = exampleReceipt();
    await writeFile(at('example.json'), formatReceipt(receipt));
    await writeFile(at('example-trust.json'), JSON.stringify(EXAMPLE_TRUST));
    const node = await aNode(receipt);
    try {
      await browser.context.setOffline(false);
      await open('verify.html');
      await page.setInputFiles('#trust', at('example-trust.json'));
      await page.setInputFiles('#receipts', at('example.json'));
      expect(await verdict()).toBe('open');
      expect(asked).toEqual([]);
      await page.click('.chain summary');
      await page.fill('#nodes', node.url);
      await page.click('#ask');
      await page.waitForSelector('.banner[data-verdict="proven"]');
      expect(await stateOf('chain-final')).toBe('holds');
      expect(new Set(asked)).toEqual(new Set([`${node.url}/`]));
    } finally {
      await browser.context.setOffline(true);
      node.close();
    }
  });
});

/** A JSON-RPC node that knows the receipt's transaction, and lets any page ask, as nodes for the public do. */
async function aNode({ anchors }: Receipt): Promise<{ url: string; close(): void }> {
  const [{ contract, logId, size, root, block }] = anchors as [Receipt['anchors'][number]];
  const topics = [ANCHORED_TOPIC, logId, `0x${size.toString(16).padStart(64, '0')}`];
  const number = `0x${block.number.toString(16)}`;
  const answers: Readonly<Record<string, unknown>> = {
    eth_chainId: '0x7a69',
    eth_getTransactionReceipt: {
      ...{ status: '0x1', blockNumber: number, blockHash: block.hash },
      logs: [{ address: contract, topics, data: root }],
    },
    eth_getBlockByNumber: { number, hash: block.hash, timestamp: `0x${(Date.parse(block.time) / 1000).toString(16)}` },
  };
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', 'content-type');
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { method } = (body === '' ? {} : JSON.parse(body)) as { method?: string };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answers[method ?? ''] ?? null }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** As much of the page's own world as is asked for here. */
interface Shown {
  readonly document: {
    readonly activeElement: { readonly id: string } | null;
    readonly documentElement: { readonly scrollWidth: number };
  };
}
