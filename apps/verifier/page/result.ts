import type { Check } from '../../../src/domain/receipt/check.js';
import type { Receipt } from '../../../src/domain/receipt/receipt.js';
import { printable } from '../src/printable.js';
import { element } from './element.js';
import { factsOf } from './facts.js';
import { filled, type Texts } from './texts/texts.js';
import { type Checked, type Outcome, type Unreadable, type Verdict, worst } from './verdict.js';

/** What the reader still has to be told about the trust that was used. */
export interface TrustNote {
  /** The identity of the log came with the page itself. */
  readonly cameWithPage: boolean;
}

const MOST_SHOWN = 100;
const SIGNS: Readonly<Record<Verdict, string>> = { proven: '✔', open: '◐', broken: '✘' };
const RANK: Readonly<Record<Verdict, number>> = { broken: 0, open: 1, proven: 2 };

/** Everything that a check came to. The first heading can take the focus. */
export function resultView(outcomes: readonly Outcome[], texts: Texts, note: TrustNote): HTMLElement {
  const section = element('section', { class: 'result', 'aria-labelledby': 'result-title' });
  const title = element('h2', { id: 'result-title', tabindex: '-1' }, texts.resultTitle);
  const [first] = outcomes;
  if (outcomes.length === 1 && first !== undefined) {
    section.append(title, outcomeView(first, texts, note));
    return section;
  }
  const good = outcomes.filter(({ verdict }) => verdict !== 'broken').length;
  section.append(title, banner(worst(outcomes), texts, filled(texts.many, { good, all: outcomes.length })));
  if (outcomes.length > MOST_SHOWN) section.append(element('p', {}, filled(texts.shownOf, { count: MOST_SHOWN })));
  const sorted = [...outcomes].sort((one, other) => RANK[one.verdict] - RANK[other.verdict]);
  section.append(...sorted.slice(0, MOST_SHOWN).map((outcome) => folded(outcome, texts, note)));
  return section;
}

/** One of many: a line that opens. */
function folded(outcome: Outcome, texts: Texts, note: TrustNote): HTMLElement {
  const words = { proven: texts.proven, open: texts.open, broken: texts.broken }[outcome.verdict];
  const place =
    'receipt' in outcome
      ? filled(texts.entryOf, { index: outcome.receipt.log.index, origin: printable(outcome.receipt.log.origin) })
      : '';
  const summary = element(
    'summary',
    {},
    element('span', { class: `sign ${outcome.verdict}`, 'aria-hidden': 'true' }, SIGNS[outcome.verdict]),
    ` ${words}: ${printable(outcome.name)} ${place}`,
  );
  return element('details', { class: 'one' }, summary, outcomeView(outcome, texts, note));
}

const outcomeView = (outcome: Outcome, texts: Texts, note: TrustNote): HTMLElement =>
  'error' in outcome ? unreadableView(outcome, texts) : checkedView(outcome, texts, note);

function unreadableView({ error }: Unreadable, texts: Texts): HTMLElement {
  return element(
    'div',
    {},
    banner('broken', texts, texts.unreadable),
    element('p', { class: 'detail' }, `${error.code}: ${printable(error.message)}`),
  );
}

function checkedView(checked: Checked, texts: Texts, note: TrustNote): HTMLElement {
  const { receipt, checks, verdict } = checked;
  const lead = { proven: texts.provenLead, open: texts.openLead, broken: texts.brokenLead }[verdict];
  const facts = factsOf(receipt, texts).flatMap(({ label, value }) => [
    element('dt', {}, label),
    element('dd', {}, value),
  ]);
  const fields = receipt.event.disclosures.flatMap(([, name, value]) => [
    element('dt', {}, element('code', {}, printable(name))),
    element('dd', {}, element('code', {}, printable(JSON.stringify(value)))),
  ]);
  const says = [
    element('h3', {}, verdict === 'broken' ? texts.claimsTitle : texts.saysTitle),
    element('dl', { class: 'facts' }, ...facts),
    element('details', {}, element('summary', {}, texts.allFields), element('dl', { class: 'fields' }, ...fields)),
  ];
  const links = [
    element('h3', {}, texts.linksTitle),
    element('ol', { class: 'links' }, ...checks.map((check) => linkView(check, texts))),
  ];
  const top = banner(verdict, texts, lead);
  if (verdict === 'broken') return element('div', {}, top, ...links, ...says);
  const left = leftToBelieve(checked, texts, note).map((line) => element('li', {}, line));
  const open = left.length === 0 ? [] : [element('h3', {}, texts.leftTitle), element('ul', {}, ...left)];
  return element('div', {}, top, ...says, ...open, ...links);
}

function banner(verdict: Verdict, texts: Texts, lead: string): HTMLElement {
  const words = { proven: texts.proven, open: texts.open, broken: texts.broken }[verdict];
  return element(
    'div',
    { class: `banner ${verdict}`, 'data-verdict': verdict },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[verdict]),
    element('div', {}, element('p', { class: 'verdict' }, words), element('p', {}, lead)),
  );
}

function linkView({ name, ok, detail }: Check, texts: Texts): HTMLElement {
  const state = ok === null ? 'not-asked' : ok ? 'holds' : 'broken';
  const words = ok === null ? texts.notAsked : ok ? texts.holds : texts.brokenLink;
  const sign = ok === null ? '○' : ok ? '✔' : '✘';
  return element(
    'li',
    { class: state, 'data-link': name, 'data-state': state },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    element(
      'div',
      {},
      element('p', { class: 'link' }, element('strong', {}, words), `: ${texts.links[name]}`),
      element('p', { class: 'detail', lang: 'en' }, element('code', {}, name), ` ${printable(detail)}`),
    ),
  );
}

function leftToBelieve({ open, checks, receipt }: Checked, texts: Texts, { cameWithPage }: TrustNote): string[] {
  const usesTrust = checks.some(({ name, ok }) => name === 'log-key' && ok === true);
  const lines = cameWithPage && usesTrust ? [texts.leftTrustPage] : [];
  for (const question of open) {
    if (question === 'log') lines.push(texts.leftLog);
    else if (question === 'chain') lines.push(texts.leftChain);
    else lines.push(...blocksToCompare(receipt, checks, texts));
  }
  return lines;
}

/** The blocks from which the rest follows. */
function blocksToCompare({ anchors }: Receipt, checks: readonly Check[], texts: Texts): string[] {
  const proven = checks.filter(({ name, ok }) => name === 'anchor-state' && ok === true);
  return proven.flatMap(({ anchor = 0 }) => {
    const { block, chainId } = anchors[anchor]!;
    return filled(texts.leftBlock, { block: block.number, chain: chainId, hash: block.hash });
  });
}
