import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type OpenBrowser, openBrowser } from './chromium.js';

const GTIN = '09521001000017';
const PACK = `/01/${GTIN}/10/PHONE-7/21/PHONE1?17=290131`;

let app: TestApp;
let browser: OpenBrowser;
let page: Page;
/** Requests that left the server under test. */
let elsewhere: string[];

/** Kept for a person's eyes where SCREENSHOTS names a folder. */
async function picture(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The least contrast of any text on the page with what is behind it (WCAG 2.2, 1.4.3), worked out in the page itself. */
const LEAST_CONTRAST = `(() => {
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgb(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 21;
  while (walker.nextNode()) {
    if (walker.currentNode.data.trim() === '') continue;
    const element = walker.currentNode.parentElement;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    least = Math.min(least, (a + 0.05) / (b + 0.05));
  }
  return least;
})()`;

async function open(path: string): Promise<void> {
  elsewhere = [];
  await page.goto(app.url + path);
}

beforeAll(async () => {
  app = await startApp({ demo: true });
  const maker = await tokenOf(app, 'operator@kilimani.example');
  await app.ask(
    `mutation ($lot: RegisterLotInput!, $packs: CommissionInput!, $link: DigitalLinkInput!) {
      registerLot(input: $lot) { number } commission(input: $packs) { duplicate } addDigitalLink(input: $link) { id } }`,
    {
      lot: { gtin: GTIN, number: 'PHONE-7', expiry: '2029-01-31', quantity: 2 },
      packs: {
        ...{ gtin: GTIN, lot: 'PHONE-7', serials: ['PHONE1', 'PHONE2'], site: '9521001001014' },
        eventTime: '2026-11-20T09:00:00.000+03:00',
      },
      link: {
        ...{ identifier: `/01/${GTIN}`, linkType: 'gs1:epil', title: 'Patient information leaflet', languages: ['en'] },
        ...{ href: 'https://kilimani.example/leaflet', mediaType: 'text/html' },
      },
    },
    maker,
  );
  browser = await openBrowser({ viewport: { width: 360, height: 740 }, javaScriptEnabled: true });
  page = await browser.context.newPage();
  browser.context.on('request', (request) => {
    if (!request.url().startsWith(app.url)) elsewhere.push(request.url());
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await app.close();
});

describe('the page behind a code, on a telephone', () => {
  afterEach(async () => {
    expect(elsewhere).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await page.evaluate(LEAST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['en', 'ltr', 'Genuine'],
    ['sw', 'ltr', 'Halisi'],
    ['ar', 'rtl', 'أصلي'],
    ['hi', 'ltr', 'असली'],
    ['am', 'ltr', 'እውነተኛ'],
  ])('says in %s (%s) that a pack is genuine', async (language, direction, verdict) => {
    await open(`${PACK}&lang=${language}`);
    expect(await page.innerText('h1')).toBe(verdict);
    expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe(direction);
    await picture(`digital-link-genuine-${language}`);
  });

  it.each([
    [`/01/${GTIN}/10/OTHER/21/PHONE1`, 'contradicted', 'fr'],
    [`/01/${GTIN}/10/PHONE-7/21/NOBODY`, 'not_recognised', 'ar'],
    [`/01/${GTIN}`, 'cannot_tell', 'en'],
    [`/01/${GTIN}/10/PHONE-7`, 'cannot_tell', 'pt'],
  ])('shows %s as %s by shape and words', async (path, verdict, language) => {
    await open(`${path}?lang=${language}`);
    expect(await page.getAttribute('.v', 'data-verdict')).toBe(verdict);
    expect(await page.locator('.v svg').count()).toBe(1);
    await picture(`digital-link-${verdict}-${language}`);
  });

  it('changes its language, and takes a report, by links and a form alone', async () => {
    await open(`/01/${GTIN}/10/PHONE-7/21/PHONE2?17=290131&lang=en`);
    await page.click('nav a[hreflang=fr]');
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
    await page.click('summary');
    await picture('digital-link-report-fr');
    await page.fill('#reason', 'Le sceau est ouvert.');
    await page.click('button');
    expect(await page.innerText('[role=alert]')).toContain('Merci.');
    expect(await page.getAttribute('.v', 'data-verdict')).toBe('genuine_do_not_supply');
    await picture('digital-link-reported-fr');
  });

  it('is reached with the keyboard, in the order in which it is read', async () => {
    await open(`${PACK}&lang=en`);
    const reached: string[] = [];
    for (let at = 0; at < 4; at++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate('document.activeElement.textContent'));
    }
    expect(reached).toEqual([
      'Patient information leaflet',
      'Is something wrong with this pack?',
      'Français',
      'Kiswahili',
    ]);
  });
});
