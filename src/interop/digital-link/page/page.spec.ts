import { ADVICE, REASON_CODES, REASONS, VERDICTS, type AdviceCode } from '../../../domain/verdict/reasons.js';
import { LANGUAGES, messagesFor } from './languages.js';
import { escapeHtml, renderPage, type PageFacts } from './page.js';
import { SHAPES } from './shapes.js';

const facts: PageFacts = {
  ...{ verdict: 'genuine', reason: null, advice: 'may_use', product: 'P', commonName: undefined, gtin: undefined },
  ...{ lot: undefined, serial: undefined, expiry: undefined, recalled: undefined, asOf: new Date(0), links: [] },
  ...{ reportable: undefined, report: 'offered' },
};

describe('the public page', () => {
  it.each(LANGUAGES.map((messages) => [messages.language, messages] as const))(
    'says everything in %s: every verdict, reason and advice that the public gets',
    (_, messages) => {
      const advice = new Set<AdviceCode>(['may_use', ...REASON_CODES.map((code) => REASONS[code].publicAdvice)]);
      for (const code of advice) expect(messages.advice[code]).toMatch(/\S/);
      for (const code of REASON_CODES) expect(messages.reasons[code]).toMatch(/\S/);
      for (const verdict of VERDICTS) expect(messages.verdicts[verdict]).toMatch(/\S/);
      for (const word of Object.values(messages.words)) expect(word).toMatch(/\S/);
      expect(messages.words.checked).toContain('{time}');
      if (messages.language !== 'en') {
        for (const code of advice) expect(messages.advice[code]).not.toBe(ADVICE[code]);
      }
    },
  );

  it('stays below 15 kB in every language with the longest of everything', () => {
    const longest: PageFacts = {
      ...facts,
      ...{ verdict: 'not_recognised', reason: 'not_commissioned', advice: 'do_not_use', expiry: '2029-12-31' },
      ...{ product: 'x'.repeat(300), commonName: 'x'.repeat(200), gtin: '0'.repeat(14), lot: '&'.repeat(20) },
      ...{ serial: '"'.repeat(20), recalled: true, reportable: `https://id.gs1.org/01/${'%2F'.repeat(40)}` },
      links: Array.from({ length: 8 }, () => ({
        href: `https://a.example/${'x'.repeat(200)}`,
        title: 'x'.repeat(200),
        languages: ['en'],
      })),
    };
    for (const messages of LANGUAGES) {
      expect(Buffer.byteLength(renderPage(longest, messages, '/check/01/x'))).toBeLessThan(15_000);
    }
  });

  it('has a shape of its own for each verdict', () => {
    expect(new Set(Object.values(SHAPES)).size).toBe(VERDICTS.length);
  });

  it('keeps the language that somebody chose, and takes the browser’s else', () => {
    expect(messagesFor('sw', 'fr').language).toBe('sw');
    expect(messagesFor('pt-MZ', undefined).language).toBe('pt');
    expect(messagesFor(undefined, 'de, am;q=0.3').language).toBe('am');
    for (const nothing of [messagesFor('xx', undefined), messagesFor(undefined, '*'), messagesFor('', '')]) {
      expect(nothing.language).toBe('en');
    }
    const html = renderPage(facts, messagesFor('fr', undefined), '/check/01/1?17=290630&lang=en&x="y');
    expect(html).toContain('href="/check/01/1?17=290630&amp;x=&quot;y&amp;lang=sw"');
  });

  it('writes markup as text', () => {
    const evil = '<script>alert("1")</script>';
    const html = renderPage(
      {
        ...facts,
        product: evil,
        lot: evil,
        serial: evil,
        reportable: evil,
        links: [{ href: evil, title: evil, languages: [evil] }],
      },
      messagesFor('en', undefined),
      `/check/01/1?${evil}`,
    );
    expect(html).not.toContain('<script');
    expect(html.split(escapeHtml(evil)).length).toBeGreaterThan(6);
  });
});
