import fc from 'fast-check';
import { parseDigitalLink } from '../../../domain/gs1/digital-link.js';
import { BadRequestError } from '../../../platform/http/problem.js';
import { chooseLink } from './choose.js';
import { identify, prefixDigits } from './identified.js';
import { GS1_VOC, isLinkType, linkTypeIri, type AnchoredLinks, type Link } from './link.js';
import { linkHeader, linksetOf } from './linkset.js';
import { resolve, type Asked } from './resolve.js';

const GTIN = '09521001000017';

const link = (changes: Partial<Link> = {}): Link => ({
  ...{ linkType: `${GS1_VOC}epil`, href: 'https://a.example/', title: 'A', languages: [], mediaType: undefined },
  ...{ contexts: [], isDefault: false, own: false },
  ...changes,
});
const level = (anchor: string, ...links: Link[]): AnchoredLinks => ({ anchor, description: undefined, links });
const asked: Asked = {
  linkType: undefined,
  context: undefined,
  query: '',
  accept: undefined,
  acceptLanguage: undefined,
};

const anyLink: fc.Arbitrary<Link> = fc
  .record({
    languages: fc.subarray(['en', 'fr', 'sw', 'ar']),
    mediaType: fc.constantFrom(undefined, 'text/html', 'application/pdf'),
    contexts: fc.subarray(['KE', 'RW']),
    title: fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text)),
  })
  .map((changes) => link(changes));

describe('identify', () => {
  it('has a level for the key and for each qualifier, under anchors that do not depend on the others', () => {
    const { levels, lot, serial, uri } = identify(`/01/${GTIN}/22/2A/10/L%2F1/21/S1?17=290630&x=y`);
    expect(levels.map(({ anchor }) => anchor)).toEqual([
      ...[`/01/${GTIN}`, `/01/${GTIN}/22/2A`, `/01/${GTIN}/10/L%2F1`, `/01/${GTIN}/21/S1`],
    ]);
    expect(levels.at(-1)!.path).toBe(`/01/${GTIN}/22/2A/10/L%2F1/21/S1`);
    expect([lot, serial]).toEqual(['L/1', 'S1']);
    expect(uri).toBe(`https://id.gs1.org/01/${GTIN}/22/2A/10/L%2F1/21/S1?17=290630`);
    expect(identify(`/01/${GTIN}/21/S1`).levels.at(-1)!.anchor).toBe(levels.at(-1)!.anchor);
  });

  it('knows where the company prefix begins', () => {
    for (const path of [
      '/01/09521001000017',
      '/00/095210010000000017',
      '/8003/09521001000017A',
      '/414/9521001001014',
    ]) {
      expect(prefixDigits(identify(path))).toMatch(/^9521001/);
    }
  });

  it('refuses with 400, or reads what the parser of GS1 Digital Link reads, whatever it is given', () => {
    const segment = fc.constantFrom(
      '01',
      '00',
      '10',
      '21',
      '22',
      '414',
      '254',
      GTIN,
      GTIN.slice(1),
      'A',
      '%2F',
      '%',
      '',
      '..',
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), fc.string({ maxLength: 20 }), (segments, query) => {
        const path = `/${segments.join('/')}`;
        try {
          const { levels, elements, key } = identify(`${path}?${query}`);
          expect(key).toBe(segments[0]);
          expect(parseDigitalLink(`https://id.gs1.org${levels.at(-1)!.path}`).map(({ value }) => value)).toEqual(
            elements.slice(0, levels.length).map(({ value }) => value),
          );
        } catch (error) {
          if (!(error instanceof BadRequestError)) throw error;
          expect(error.status).toBe(400);
        }
      }),
    );
  });
});

describe('linkTypeIri', () => {
  it('reads every way to write a link type of GS1, and knows those of the vocabulary', () => {
    for (const text of ['pip', 'gs1:pip', 'https://gs1.org/voc/pip', 'http://gs1.org/voc/pip', `${GS1_VOC}pip`]) {
      expect(linkTypeIri(text)).toBe(`${GS1_VOC}pip`);
      expect(isLinkType(linkTypeIri(text))).toBe(true);
    }
    for (const text of ['https://schema.org/review', 'gs1:toString', 'defaultLink']) {
      expect(isLinkType(linkTypeIri(text))).toBe(false);
    }
  });
});

describe('chooseLink', () => {
  it('prefers context, then language, then media type, and what says nothing to what says another thing', () => {
    const plain = link({ href: 'https://plain/' });
    const french = link({ languages: ['fr'], href: 'https://fr/' });
    const pdf = link({ languages: ['fr'], mediaType: 'application/pdf', href: 'https://fr-pdf/' });
    const rwanda = link({ contexts: ['RW'], href: 'https://rw/' });
    const links = [french, rwanda, plain, pdf];
    const chosen = (accept?: string, acceptLanguage?: string, context?: string) =>
      chooseLink(links, { accept, acceptLanguage, context }).href;
    expect(chosen()).toBe('https://plain/');
    expect(chosen(undefined, '*')).toBe('https://plain/');
    expect(chosen(undefined, 'de, fr;q=0.5')).toBe('https://fr/');
    expect(chosen('application/pdf', 'fr')).toBe('https://fr-pdf/');
    expect(chosen('application/pdf', 'fr', 'RW')).toBe('https://rw/');
    expect(chosen(undefined, 'sw', 'KE')).toBe('https://plain/');
  });

  it('always chooses one of them, and the one that fits where there is one', () => {
    fc.assert(
      fc.property(
        fc.array(anyLink, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(undefined, 'fr', 'sw;q=0.4, ar', '*', ';;q=x'),
        fc.constantFrom(undefined, 'KE', 'TZ'),
        fc.constantFrom(undefined, 'text/html', '*/*', 'nonsense'),
        (links, acceptLanguage, context, accept) => {
          const chosen = chooseLink(links, { acceptLanguage, context, accept });
          expect(links).toContain(chosen);
          const fits = (each: Link) => context !== undefined && each.contexts.includes(context);
          if (links.some(fits)) expect(fits(chosen)).toBe(true);
        },
      ),
    );
  });
});

describe('resolve', () => {
  const own = link({ own: true, isDefault: true, href: 'https://self/check', linkType: `${GS1_VOC}pip` });

  it('walks up to the level that has the link type, and says 404 where none has', () => {
    const levels = [level('https://x/01/1', link()), level('https://x/01/1/21/A', own)];
    expect(resolve(levels, { ...asked, linkType: 'epil' })).toEqual({
      kind: 'redirect',
      location: 'https://a.example/',
    });
    expect(resolve(levels, { ...asked, linkType: 'recipeInfo' })).toEqual({
      kind: 'not_found',
      code: 'LINK_TYPE_NOT_FOUND',
    });
    expect(resolve([level('https://x/01/1')], asked)).toEqual({ kind: 'not_found', code: 'IDENTIFIER_NOT_FOUND' });
  });

  it('answers with its own page only those who name its form', () => {
    const levels = [level('https://x/01/1', own)];
    const kindFor = (accept?: string) => resolve(levels, { ...asked, accept }).kind;
    expect(kindFor()).toBe('redirect');
    expect(kindFor('*/*')).toBe('redirect');
    expect(kindFor('image/png')).toBe('redirect');
    expect(resolve(levels, { ...asked, accept: 'text/html,*/*;q=0.1' })).toEqual({
      kind: 'content',
      mediaType: 'text/html',
    });
    expect(resolve(levels, { ...asked, accept: 'application/json' })).toEqual({
      ...{ kind: 'content', mediaType: 'application/json' },
    });
  });

  it('passes the query on, whatever the target has already', () => {
    for (const [href, location] of [
      ['https://a.example/p', 'https://a.example/p?17=290630&a=%20b'],
      ['https://a.example/p?c=d#e', 'https://a.example/p?c=d&17=290630&a=%20b#e'],
    ] as const) {
      const levels = [level('https://x/01/1', link({ href, isDefault: true }))];
      expect(resolve(levels, { ...asked, query: '17=290630&a=%20b' })).toEqual({ kind: 'redirect', location });
    }
  });
});

describe('link sets', () => {
  it('have each link once under its type, and headers that stay within what clients take', () => {
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 120 }), (links) => {
        const { linkset } = linksetOf([level('https://x/01/1', ...links)]);
        const targets = linkset.flatMap((member) => Object.values(member).filter(Array.isArray)).flat();
        expect(targets).toHaveLength(links.length);
        const header = linkHeader('https://x/01/1?linkType=linkset', [level('https://x/01/1', ...links)]);
        expect(header.length).toBeLessThanOrEqual(6000);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
