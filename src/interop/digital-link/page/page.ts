import type { AdviceCode, ReasonCode, VerdictKind } from '../../../domain/verdict/reasons.js';
import { LANGUAGES } from './languages.js';
import { adviceText, type Messages, type Word } from './messages.js';
import { SHAPES } from './shapes.js';
import { STYLE } from './style.js';

/** What the page shows. Every text in it may be anybody's. */
export interface PageFacts {
  readonly verdict: VerdictKind;
  readonly reason: ReasonCode | null;
  readonly advice: AdviceCode;
  /** Name, strength and form, where the product is registered. */
  readonly product: string | undefined;
  readonly commonName: string | undefined;
  readonly gtin: string | undefined;
  readonly lot: string | undefined;
  readonly serial: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly expiry: string | undefined;
  /** Whether a recall of the lot is in force; undefined where no lot was asked about. */
  readonly recalled: boolean | undefined;
  /** When the records were read. */
  readonly asOf: Date;
  readonly links: readonly { readonly href: string; readonly title: string; readonly languages: readonly string[] }[];
  /** The GS1 Digital Link to report under; undefined where the code is not enough for a report. */
  readonly reportable: string | undefined;
  readonly report: 'offered' | 'taken' | 'refused';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, in content and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);

/** The page, whole: no script, nothing to load. `address` is its own path and query, for the links to other languages. */
export function renderPage(facts: PageFacts, messages: Messages, address: string): string {
  const { language, direction, words } = messages;
  return `<!doctype html>
<html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(`${messages.verdicts[facts.verdict]} · ${words.title}`)}</title><style>${STYLE}</style></head>
<body><main>${banner(facts, messages)}${whatToDo(facts, messages)}${details(facts, messages)}${more(facts, messages)}${report(facts, messages)}${languageLinks(messages, address)}</main></body></html>
`;
}

const banner = ({ verdict, reason }: PageFacts, { verdicts, reasons }: Messages): string =>
  `<div class="v ${verdict}" data-verdict="${verdict}" role="status">${SHAPES[verdict]}<div><h1>${escapeHtml(verdicts[verdict])}</h1>${reason === null ? '' : `<p>${escapeHtml(reasons[reason])}</p>`}</div></div>`;

const whatToDo = ({ advice }: PageFacts, messages: Messages): string =>
  `<section><h2>${escapeHtml(messages.words.what_to_do)}</h2><p>${escapeHtml(adviceText(messages, advice))}</p></section>`;

function details(facts: PageFacts, messages: Messages): string {
  const { words, locale } = messages;
  const { recalled } = facts;
  const rows: readonly (readonly [Word, string | undefined])[] = [
    ['product', facts.product && marked(facts.product, facts.commonName)],
    ['lot', facts.lot && asWritten(facts.lot)],
    ['expiry', facts.expiry && escapeHtml(dayIn(locale, facts.expiry))],
    ['serial', facts.serial && asWritten(facts.serial)],
    ['recall', recalled === undefined ? undefined : escapeHtml(recalled ? words.lot_recalled : words.no_recall)],
  ];
  const shown = rows.flatMap(([word, html]) => (html ? [`<dt>${escapeHtml(words[word])}</dt><dd>${html}</dd>`] : []));
  const gtin = facts.gtin === undefined ? [] : [`<dt>GTIN</dt><dd>${asWritten(facts.gtin)}</dd>`];
  return `<section><dl>${[...shown, ...gtin].join('')}</dl>${checked(facts, messages)}</section>`;
}

const marked = (name: string, commonName: string | undefined): string =>
  `<bdi>${escapeHtml(name)}</bdi>${commonName === undefined ? '' : ` <bdi>(${escapeHtml(commonName)})</bdi>`}`;

/** Codes run from left to right whatever the language. */
const asWritten = (text: string): string => `<bdi dir="ltr">${escapeHtml(text)}</bdi>`;

const dayIn = (locale: string, day: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

function checked({ asOf }: PageFacts, { words, locale }: Messages): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  const time = `${new Intl.DateTimeFormat(locale, format).format(asOf)} UTC`;
  const shown = `<time datetime="${asOf.toISOString()}">${escapeHtml(time)}</time>`;
  return `<p class="note">${escapeHtml(words.checked).replace('{time}', () => shown)}</p>`;
}

function more({ links }: PageFacts, { words }: Messages): string {
  if (links.length === 0) return '';
  const items = links.map(
    ({ href, title, languages }) =>
      `<li><a href="${escapeHtml(href)}" rel="noopener noreferrer"${languages[0] === undefined ? '' : ` hreflang="${escapeHtml(languages[0])}"`}><bdi>${escapeHtml(title)}</bdi></a></li>`,
  );
  return `<section><h2>${escapeHtml(words.more)}</h2><ul>${items.join('')}</ul></section>`;
}

function report({ report: state, reportable }: PageFacts, { words, language }: Messages): string {
  const said = state === 'taken' ? words.reported : state === 'refused' ? words.not_reported : undefined;
  if (said !== undefined) return `<section role="alert"><p>${escapeHtml(said)}</p></section>`;
  if (reportable === undefined) return `<section><p class="note">${escapeHtml(words.no_report)}</p></section>`;
  return `<details><summary>${escapeHtml(words.report)}</summary><form method="post" action="/check/report"><p class="note">${escapeHtml(words.report_hint)}</p><input type="hidden" name="link" value="${escapeHtml(reportable)}"><input type="hidden" name="lang" value="${language}"><label for="reason">${escapeHtml(words.report_reason)}</label><textarea id="reason" name="reason" maxlength="500" required></textarea><button>${escapeHtml(words.send)}</button></form></details>`;
}

function languageLinks({ language: current, words }: Messages, address: string): string {
  const items = LANGUAGES.map(({ language, name, direction }) =>
    language === current
      ? `<b lang="${language}" dir="${direction}" aria-current="true">${name}</b>`
      : `<a href="${escapeHtml(inLanguage(address, language))}" hreflang="${language}" lang="${language}" dir="${direction}">${name}</a>`,
  );
  return `<nav aria-label="${escapeHtml(words.languages)}">${items.join('')}</nav>`;
}

function inLanguage(address: string, language: string): string {
  const [path, query = ''] = address.split('?', 2) as [string, string | undefined];
  const others = query.split('&').filter((each) => each !== '' && !each.startsWith('lang='));
  return `${path}?${[...others, `lang=${language}`].join('&')}`;
}
