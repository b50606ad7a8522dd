import { request } from 'node:http';
import fc from 'fast-check';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const LOT = 'DL-7';
const SERIAL = 'DL/0001';
const PACK = `/01/${GTIN}/10/${LOT}/21/${encodeURIComponent(SERIAL)}`;
const ADD = 'mutation ($input: DigitalLinkInput!) { link: addDigitalLink(input: $input) { id anchor linkType href } }';
const VOC = 'https://ref.gs1.org/voc/';

interface Member {
  readonly anchor: string;
  readonly [linkType: string]: unknown;
}

let app: TestApp;
let maker: string;

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  app.rest(path, { redirect: 'manual', headers, method });
const inBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

async function linksetOf(path: string, headers: Record<string, string> = {}): Promise<readonly Member[]> {
  const answer = await ask(path, { accept: 'application/linkset+json', ...headers });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/linkset+json; charset=utf-8']);
  return ((await answer.json()) as { linkset: Member[] }).linkset;
}

async function scans(): Promise<number> {
  const [row] = await app.database.query<{ n: number }>('test-scans', 'select count(*)::int as n from scan');
  return row!.n;
}

beforeAll(async () => {
  app = await startApp({ demo: true });
  maker = await tokenOf(app, 'operator@kilimani.example');
  await app.ask(
    `mutation ($lot: RegisterLotInput!, $recalled: RegisterLotInput!, $packs: CommissionInput!) {
      registerLot(input: $lot) { number } recalled: registerLot(input: $recalled) { number }
      commission(input: $packs) { duplicate } }`,
    {
      lot: { gtin: GTIN, number: LOT, expiry: '2029-06-30', quantity: 10 },
      recalled: { gtin: GTIN, number: 'DL-R', expiry: '2029-06-30', quantity: 10 },
      packs: {
        ...{ gtin: GTIN, lot: LOT, serials: [SERIAL, 'DL0002', 'DL0003'], site: '9521001001014' },
        eventTime: '2026-11-01T08:00:00.000+03:00',
      },
    },
    maker,
  );
});
afterAll(() => app.close());

describe('the resolver', () => {
  it('sends a client that says nothing to the page of the pack, with its query and the link set in a header', async () => {
    const answer = await ask(`${PACK}?17=290630&utm=leaflet`);
    expect(answer.status).toBe(307);
    expect(answer.headers.get('location')).toBe(`${app.url}/check${PACK}?17=290630&utm=leaflet`);
    const link = answer.headers.get('link') ?? '';
    expect(link).toContain(`<${app.url}${PACK}?linkType=linkset>; rel="linkset"; type="application/linkset+json"`);
    expect(link).toContain(`rel="${VOC}verificationService"`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers a browser with the page at once, and a machine with JSON-LD', async () => {
    const page = await ask(`${PACK}?17=290630`, inBrowser);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const data = await ask(`${PACK}?17=290630`, { accept: 'application/ld+json' });
    expect([data.status, data.headers.get('content-type')]).toEqual([200, 'application/ld+json; charset=utf-8']);
    expect(await data.json()).toMatchObject({
      '@id': `https://id.gs1.org/01/${GTIN}/10/${LOT}/21/DL%2F0001`,
      '@type': 'gs1:Product',
      'gs1:gtin': GTIN,
      'gs1:hasSerialNumber': SERIAL,
      'halisi:verdict': 'genuine',
      'halisi:reason': null,
    });
  });

  it('lists every level from the pack up to its GTIN, and under each its default', async () => {
    for (const path of [`${PACK}?linkType=all`, `${PACK}?linkType=linkset`, PACK]) {
      const members = await linksetOf(path);
      const anchors = [`/01/${GTIN}`, `/01/${GTIN}/10/${LOT}`, PACK].map((each) => app.url + each);
      expect(members.map(({ anchor }) => anchor)).toEqual(anchors);
      for (const member of members) {
        const [fallback, ...others] = member[`${VOC}defaultLink`] as Record<string, unknown>[];
        expect(others).toEqual([]);
        expect(Object.keys(fallback!)).toEqual(['href', 'title']);
        const typed = Object.entries(member).filter(([name]) => name !== `${VOC}defaultLink`);
        expect(JSON.stringify(typed)).toContain(`"href":${JSON.stringify(fallback!['href'])}`);
      }
    }
    const readable = await ask(`${PACK}?linkType=linkset`, { accept: 'application/ld+json' });
    const context = ((await readable.json()) as { '@context': string })['@context'];
    const served = await fetch(context);
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'application/ld+json; charset=utf-8']);
  });

  it('shows history and receipt only to those who may see them', async () => {
    const typesFor = async (headers: Record<string, string>): Promise<string[]> =>
      (await linksetOf(PACK, headers)).flatMap((member) => Object.keys(member));
    const restricted = [`${VOC}traceability`, `${VOC}certificationInfo`];
    for (const type of restricted) expect(await typesFor({})).not.toContain(type);
    const stranger = await tokenOf(app, 'admin@huye.example');
    for (const type of restricted) expect(await typesFor({ authorization: `Bearer ${stranger}` })).not.toContain(type);
    for (const type of restricted) expect(await typesFor({ authorization: `Bearer ${maker}` })).toContain(type);
  });

  it('tells what is malformed (400) from what is not known (404), and says neither with 200', async () => {
    const malformed: [string, string][] = [
      [`/01/09521001000018`, 'AI_LINTER'],
      [`/01/${GTIN}/21/`, 'DL_KEY_MISSING'],
      [`/01/${GTIN}/21/A/10/B`, 'DL_PATH_INVALID'],
      [`/01/${GTIN}?21=A`, 'DL_BELONGS_IN_PATH'],
      [`/01/${GTIN}/x/01/${GTIN}`, 'DL_PATH_INVALID'],
      [`/00/395210010000000013`, 'AI_LINTER'],
    ];
    for (const [path] of malformed) {
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect((await answer.json()) as { code: string }).toHaveProperty('code');
      const page = await ask(path, inBrowser);
      expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    }
    expect((await ask(`${PACK}?linkType=gs1:recipeInfo`)).status).toBe(404);
    expect((await ask('/414/9521001001014')).status).toBe(404);
    expect((await ask('/01/09506000134352')).status).toBe(404);
    const stranger = await ask('/01/09506000134352/21/A1', inBrowser);
    expect(stranger.status).toBe(404);
    expect(await stranger.text()).toContain('data-verdict="not_recognised"');
  });

  it('tolerates a slash at the end and a GTIN of 13 digits', async () => {
    expect((await ask(`/01/${GTIN}/`)).status).toBe(307);
    expect((await ask(`/01/${GTIN.slice(1)}`)).headers.get('location')).toBe(`${app.url}/check/01/${GTIN}`);
  });

  it('reads the words of version 1.0, and leads verification messaging to the question about the pack', async () => {
    const asked = 'exp=290630&linkType=verificationService&context=dscsaSaleableReturn&reqGLN=9522001000007';
    for (const path of [`/gtin/${GTIN}/lot/${LOT}/ser/DL%2F0001`, PACK]) {
      const { status, headers } = await ask(`${path}?${asked}`);
      expect(status).toBe(307);
      expect(headers.get('location')).toBe(`${app.url}/verify/gtin/${GTIN}/lot/${LOT}/ser/DL%2F0001?${asked}`);
    }
    const page = await ask(`/gtin/${GTIN}/lot/lot/ser/DL%2F0001?exp=290630`, inBrowser);
    expect(await page.text()).toContain('data-verdict="contradicted"');
  });

  it('answers HEAD and OPTIONS, keeps no scan of a look at the headers, and lets any origin ask', async () => {
    const before = await scans();
    const head = await ask(`${PACK}?17=290630`, inBrowser, 'HEAD');
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/html', '']);
    expect((await ask(PACK, {}, 'HEAD')).status).toBe(307);
    const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    const options = await ask(PACK, preflight, 'OPTIONS');
    expect(options.status).toBe(204);
    expect(options.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    expect(await scans()).toBe(before);
    await ask(`${PACK}?17=290630`, inBrowser);
    expect(await scans()).toBe(before + 1);
  });

  it('describes itself', async () => {
    const described = (await (await ask('/.well-known/gs1resolver')).json()) as Record<string, unknown>;
    expect(described).toMatchObject({ resolverRoot: app.url, linkTypeDefaultCanBeLinkset: false });
    expect(described['supportedPrimaryKeys']).toEqual(expect.arrayContaining(['00', '01', '414', '8003', '8018']));
  });
});

describe('an owner of a company prefix', () => {
  const link = (input: Record<string, unknown>) => ({
    input: {
      identifier: `/01/${GTIN}`,
      linkType: 'gs1:epil',
      href: 'https://brand.example/en',
      title: 'Leaflet',
      ...input,
    },
  });

  it('adds links by language, media type and context, and readers are led to the one that fits', async () => {
    const leaflets = [
      { languages: ['en'], mediaType: 'text/html', href: 'https://brand.example/en?v=2#top', title: 'Leaflet' },
      { languages: ['fr'], mediaType: 'text/html', href: 'https://brand.example/fr', title: 'Notice « patient »' },
      { languages: ['fr'], mediaType: 'application/pdf', href: 'https://brand.example/fr.pdf', title: 'Notice' },
      { contexts: ['RW'], href: 'https://brand.example/rw', title: 'Leaflet for Rwanda' },
    ];
    for (const each of leaflets) await app.ask(ADD, link(each), maker);
    const target = async (query: string, headers: Record<string, string> = {}) =>
      (await ask(`${PACK}?linkType=gs1:epil${query}`, headers)).headers.get('location')?.split('?linkType')[0];
    expect(await target('', { 'accept-language': 'fr-RW,fr;q=0.9,en;q=0.5', accept: 'text/html' })).toBe(
      'https://brand.example/fr',
    );
    expect(await target('', { 'accept-language': 'fr', accept: 'application/pdf' })).toBe(
      'https://brand.example/fr.pdf',
    );
    expect(await target('&context=RW')).toBe('https://brand.example/rw');
    const english = await ask(`${PACK}?linkType=${VOC}epil&a=b`, { 'accept-language': 'en' });
    expect(english.headers.get('location')).toBe(`https://brand.example/en?v=2&linkType=${VOC}epil&a=b#top`);
    expect(english.headers.get('link')).toContain("title*=UTF-8''Notice%20%C2%AB%20patient%20%C2%BB");
  });

  it('chooses the default of a product, and never that of a pack', async () => {
    const home = { linkType: 'gs1:homepage', href: 'https://brand.example/', title: 'Home', isDefault: true };
    const { link: first } = await app.ask<{ link: { id: string } }>(
      ADD,
      link({ ...home, href: 'https://old.example/' }),
      maker,
    );
    await app.ask(ADD, link(home), maker);
    expect((await ask(`/01/${GTIN}`)).headers.get('location')).toBe('https://brand.example/');
    expect((await ask(`/01/${GTIN}`, inBrowser)).status).toBe(307);
    expect((await ask(`/01/${GTIN}`, { accept: 'application/ld+json' })).status).toBe(200);
    await app.ask(ADD, link({ ...home, identifier: `https://any.example/01/${GTIN}/21/DL0002` }), maker);
    expect((await ask(`/01/${GTIN}/21/DL0002`)).headers.get('location')).toBe(`${app.url}/check/01/${GTIN}/21/DL0002`);
    const remove = 'mutation ($id: ID!) { removeDigitalLink(id: $id) { removedAt } }';
    await app.ask(remove, { id: first.id }, maker);
    expect((await app.refusal(remove, { id: first.id }, maker)).extensions.code).toBe('NOT_FOUND');
    const { digitalLinks } = await app.ask<{ digitalLinks: { nodes: { href: string }[] } }>(
      'query { digitalLinks(first: 50) { nodes { href } } }',
      {},
      maker,
    );
    expect(digitalLinks.nodes.map(({ href }) => href)).not.toContain('https://old.example/');
  });

  it('adds links to its places, and to nothing under the prefix of others', async () => {
    const place = { identifier: '/414/9521001001014', linkType: 'locationInfo', href: 'https://brand.example/plant' };
    await app.ask(ADD, link(place), maker);
    expect((await ask('/414/9521001001014/254/DOOR3')).headers.get('location')).toBe('https://brand.example/plant');
    const other = await tokenOf(app, 'operator@usambara.example');
    expect((await app.refusal(ADD, link({}), other)).extensions.code).toBe('LINK_NOT_OWNED');
    const clinic = await tokenOf(app, 'pharmacist@kibera.example');
    expect((await app.refusal(ADD, link({}), clinic)).extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    [{ identifier: '/01/123' }, 'LINK_IDENTIFIER_INVALID'],
    [{ identifier: 'brand' }, 'LINK_IDENTIFIER_INVALID'],
    [{ linkType: 'gs1:nonsense' }, 'LINK_TYPE_UNKNOWN'],
    [{ linkType: 'gs1:defaultLink' }, 'LINK_TYPE_UNKNOWN'],
    [{ href: 'javascript:alert(1)' }, 'LINK_URL_INVALID'],
    [{ href: 'http://brand.example/' }, 'LINK_URL_INVALID'],
    [{ href: 'https://me:secret@brand.example/' }, 'LINK_URL_INVALID'],
    [{ title: ' ' }, 'LINK_TITLE_INVALID'],
    [{ title: 'a\nb' }, 'LINK_TITLE_INVALID'],
    [{ languages: ['not a language'] }, 'LINK_LANGUAGE_INVALID'],
    [{ mediaType: 'text/html; charset=x' }, 'LINK_MEDIA_TYPE_INVALID'],
    [{ contexts: ['a"b'] }, 'LINK_CONTEXT_INVALID'],
  ])('is refused %j with %s', async (input, code) => {
    expect((await app.refusal(ADD, link(input), maker)).extensions.code).toBe(code);
  });
});

describe('a person with a telephone and no app', () => {
  const page = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ html: string; answer: Response }> => {
    const answer = await ask(path, { ...inBrowser, ...headers });
    return { html: await answer.text(), answer };
  };

  it('gets one small page without scripts and without anything from elsewhere', async () => {
    const { html, answer } = await page(`${PACK}?17=290630`);
    expect(Buffer.byteLength(html)).toBeLessThan(15_000);
    for (const said of [
      'data-verdict="genuine"',
      'Kilimox 500',
      'amoxicillin',
      LOT,
      SERIAL,
      '30 June 2029',
      'Genuine',
    ]) {
      expect(html).toContain(said);
    }
    expect(html).not.toMatch(/<script|<img|<link|@import|url\(|\son\w+=/i);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
  });

  it.each([
    ['fr', 'ltr', 'Authentique'],
    ['sw', 'ltr', 'Halisi'],
    ['pt', 'ltr', 'Autêntico'],
    ['hi', 'ltr', 'असली'],
    ['ar', 'rtl', 'أصلي'],
    ['am', 'ltr', 'እውነተኛ'],
    ['en', 'ltr', 'Genuine'],
  ])('reads it in %s, by preference and by choice', async (language, direction, genuine) => {
    const start = `<html lang="${language}" dir="${direction}">`;
    const preferred = await page(PACK, { 'accept-language': `${language}-XX,de;q=0.7` });
    const chosen = await page(`${PACK}?lang=${language}`, { 'accept-language': 'de' });
    for (const { html } of [preferred, chosen]) {
      expect(html).toContain(start);
      expect(html).toContain(`<h1>${genuine}</h1>`);
      expect(Buffer.byteLength(html)).toBeLessThan(15_000);
    }
  });

  it('is told of a wrong lot, an unknown serial number and a recall', async () => {
    expect((await page(`/01/${GTIN}/10/WRONG/21/DL0002`)).html).toContain('data-verdict="contradicted"');
    expect((await page(`/01/${GTIN}/21/NOBODY`)).html).toContain('data-verdict="not_recognised"');
    expect((await page(`/01/${GTIN}/10/DL-R`)).html).toContain('No recall of this lot is recorded.');
    const quality = await tokenOf(app, 'quality@kilimani.example');
    await app.ask(
      'mutation ($input: RecallLotInput!) { recallLot(input: $input) { duplicate } }',
      {
        input: {
          ...{ gtin: GTIN, lot: 'DL-R', kind: 'RECALLED', class: 1, reason: 'Wrong strength.' },
          ...{ site: '9521001001014', eventTime: '2026-11-20T08:00:00+03:00' },
        },
      },
      quality,
    );
    const { html } = await page(`/01/${GTIN}/10/DL-R`);
    expect(html).toContain('data-verdict="genuine_do_not_supply"');
    expect(html).toContain('This lot is recalled.');
  });

  it('reports a suspicion with the form of the page alone, which blocks the pack', async () => {
    const { html } = await page(`/01/${GTIN}/10/${LOT}/21/DL0003?17=290630&lang=fr`);
    const [, link] = /name="link" value="([^"]+)"/.exec(html) ?? [];
    const send = (form: Record<string, string>) =>
      app.rest('/check/report', { method: 'POST', body: new URLSearchParams(form) });
    const taken = await send({ link: link!.replaceAll('&amp;', '&'), reason: 'La couleur est fausse.', lang: 'fr' });
    expect(taken.status).toBe(200);
    const after = await taken.text();
    expect(after).toContain('Merci.');
    expect(after).toContain('data-verdict="genuine_do_not_supply"');
    const wrong = await send({
      link: `https://id.gs1.org/01/${GTIN}/10/OTHER/21/DL0002?17=290630`,
      reason: 'x',
      lang: 'en',
    });
    expect(wrong.status).toBe(422);
    expect((await send({ link: 'x', reason: 'y' })).status).toBe(400);
    expect((await page(`/01/${GTIN}/21/DL0002`)).html).not.toContain('<form');
  });

  it('sees text where somebody wrote markup', async () => {
    const { html } = await page(`/01/${GTIN}/10/${encodeURIComponent('<b>&"\'')}/21/X?lang=%3Cscript%3E&x="><script>`);
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/<script/i);
    expect(html).toContain('&lt;b&gt;&amp;&quot;&#39;');
  });
});

describe('whatever a client sends', () => {
  /** As it stands: fetch would tidy the path up before it leaves. */
  const raw = (path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((done, fail) => {
      const { hostname, port } = new URL(app.url);
      const sent = request({ hostname, port, path, headers, agent: false }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode ?? 0));
      });
      sent.on('error', fail).end();
    });

  const piece = fc.oneof(
    fc.constantFrom(
      '01',
      '00',
      '10',
      '21',
      '17',
      '414',
      GTIN,
      '%',
      '%zz',
      '%2F',
      '%C3%28',
      '..',
      '',
      '+',
      "'",
      '%25',
      '\\',
    ),
    fc.string({ minLength: 1, maxLength: 12 }).map((text) => encodeURIComponent(text.replaceAll('\0', ''))),
  );
  const path = fc
    .tuple(
      fc.constantFrom(
        '/01/',
        '/00/',
        '/check/01/',
        `/01/${GTIN}/`,
        `/check/01/${GTIN}/21/`,
        '/8004/',
        '/verify/gtin/',
        '/check/report',
      ),
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.tuple(fc.constantFrom('17', 'linkType', 'lang', 'context', 'exp', 'a', '99'), piece), {
        maxLength: 3,
      }),
    )
    .map(([start, pieces, query]) => `${start}${pieces.join('/')}?${query.map((pair) => pair.join('=')).join('&')}`);

  it('is answered, and never with a fault of ours', async () => {
    const accept = fc.constantFrom(
      'text/html',
      'application/ld+json',
      'application/linkset+json',
      '*/*',
      ',;q=',
      'text/html;q=0',
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        accept,
        fc.constantFrom('fr', '*', ';;', 'x'.repeat(200)),
        async (address, form, language) => {
          const status = await raw(address, { accept: form, 'accept-language': language });
          expect([address, status]).toEqual([address, expect.any(Number)]);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 250 },
    );
  });
});
