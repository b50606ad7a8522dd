import { printable } from '../src/printable.js';
import { button, element } from './element.js';
import { filled, type Language, LANGUAGES, type Texts } from './texts/texts.js';
import type { TrustSource } from './trust-source.js';

/** What the person can do. */
export interface Actions {
  files(files: readonly File[]): void;
  paste(text: string): void;
  trustFile(file: File): void;
  nodes(text: string): void;
  language(language: Language): void;
  clear(): void;
}

/** Title, languages, and what the page is for. */
export function headView(texts: Texts, language: Language, actions: Actions): HTMLElement {
  const select = element('select', { 'aria-label': 'Language, lugha, langue', id: 'language' });
  for (const [tag, { language: name }] of Object.entries(LANGUAGES)) {
    const option = element('option', { value: tag, lang: tag }, name);
    option.selected = tag === language;
    select.append(option);
  }
  select.addEventListener('change', () => actions.language(select.value as Language));
  return element(
    'header',
    {},
    element('div', { class: 'bar' }, element('span', { class: 'name' }, 'Halisi'), select),
    element('h1', {}, texts.title),
    element('p', {}, texts.lead),
  );
}

/** Where receipts are handed in. */
export function receiptForm(texts: Texts, actions: Actions): HTMLElement {
  const input = fileInput('receipts', true, (files) => actions.files(files));
  const area = element('textarea', { id: 'paste', rows: '4', spellcheck: 'false', autocomplete: 'off' });
  return element(
    'section',
    { class: 'hand-in' },
    element(
      'div',
      { class: 'drop', id: 'drop' },
      input,
      element('label', { for: 'receipts', class: 'button main' }, texts.choose),
      element('span', { class: 'drop-hint' }, texts.drop),
    ),
    element('label', { for: 'paste' }, texts.paste),
    area,
    element(
      'div',
      { class: 'buttons' },
      button(texts.check, () => actions.paste(area.value), { id: 'check' }),
      button(texts.clear, () => actions.clear(), { id: 'clear' }),
    ),
  );
}

/** Whom the reader trusts. */
export function trustForm(texts: Texts, source: TrustSource | undefined, wrong: string, actions: Actions): HTMLElement {
  const from =
    source === undefined
      ? texts.trustNone
      : source.file === undefined
        ? texts.trustPage
        : filled(texts.trustFile, { file: printable(source.file) });
  const input = fileInput('trust', false, ([file]) => file !== undefined && actions.trustFile(file));
  const places = (source?.logs ?? []).flatMap(({ origin, keys, anchors }) => [
    element('dt', {}, texts.trustLog),
    element('dd', {}, printable(origin)),
    ...keys.flatMap((key) => [
      element('dt', {}, texts.trustKey),
      element('dd', {}, element('code', {}, printable(key))),
    ]),
    ...anchors.map(({ chainId, contract }) =>
      element('dd', {}, filled(texts.trustAnchor, { chain: chainId, contract: printable(contract) })),
    ),
  ]);
  const details = element(
    'details',
    { class: 'trust' },
    element('summary', {}, texts.trustTitle),
    element('p', {}, from),
    element('dl', { class: 'fields' }, ...places),
    input,
    element('label', { for: 'trust', class: 'button' }, texts.trustChoose),
    wrong !== '' && element('p', { class: 'wrong', role: 'alert' }, printable(wrong)),
  );
  details.open = wrong !== '' || source?.file !== undefined;
  return details;
}

/** The chain, for those who want to ask it themselves. */
export function chainForm(texts: Texts, nodes: readonly string[], wrong: string, actions: Actions): HTMLElement {
  const area = element('textarea', { id: 'nodes', rows: '2', spellcheck: 'false', autocomplete: 'off' });
  area.value = nodes.join('\n');
  const details = element(
    'details',
    { class: 'chain' },
    element('summary', {}, texts.chainTitle),
    element('p', {}, texts.chainLead),
    element('label', { for: 'nodes' }, texts.chainLabel),
    area,
    wrong !== '' && element('p', { class: 'wrong', role: 'alert' }, wrong),
    element(
      'div',
      { class: 'buttons' },
      button(texts.chainAsk, () => actions.nodes(area.value), { id: 'ask' }),
    ),
  );
  details.open = nodes.length > 0 || wrong !== '';
  return details;
}

/** A file input that only its label shows, and that the keyboard still reaches. */
function fileInput(id: string, multiple: boolean, chosen: (files: readonly File[]) => void): HTMLElement {
  const input = element('input', { type: 'file', id, class: 'unseen' });
  input.multiple = multiple;
  input.addEventListener('change', () => {
    chosen([...(input.files ?? [])]);
    input.value = '';
  });
  return input;
}
