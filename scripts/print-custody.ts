/** Writes docs/formats/custody.md from the tables of src/domain/custody, so that the page says what the code does. */
import { writeFileSync } from 'node:fs';
import { FOREIGN_STEPS, type ForeignRow } from '../src/domain/custody/foreign/table.js';
import { HOLD_WORDS } from '../src/domain/custody/holds.js';
import { REFUSAL_CODES } from '../src/domain/custody/refusal.js';
import { LEAVING_REASONS } from '../src/domain/custody/steps/decommissioning.js';
import { MAX_BATCH, SOFT_REPEATS, TRANSITIONS, type StepRule } from '../src/domain/custody/transitions.js';

const words = (name: string): string => name.replaceAll('_', ' ');
const list = (names: readonly string[]): string => names.map(words).join(', ');

function foreignRow({ types, actions, bizSteps, dispositions, step, reason }: ForeignRow): string {
  const words = (names: readonly string[] | undefined): string => names?.join(', ') ?? '–';
  const what = reason === undefined ? step : `${step}: ${reason}`;
  return `| ${words(types)} | ${words(actions)} | ${words(bizSteps)} | ${words(dispositions)} | ${what.replaceAll('_', ' ')} |`;
}

function row(step: string, rule: StepRule): string {
  const lives = Object.entries(rule.lives).map(([from, to]) => `${words(from)} → ${words(to)}`);
  const limit = rule.withinHours === undefined ? '' : ` within ${rule.withinHours} hours`;
  return `| ${words(step)} | ${lives.join('<br>')} | ${list(rule.by)}${limit} | ${list(rule.roles)} | ${rule.whenBlocked} |`;
}

const page = `# Custody

Printed by \`npm run docs:custody\` from \`src/domain/custody\`; do not edit.

## Steps

A life that a step does not name is a refusal. *Blocked* is a pack that is expired, recalled, withdrawn or on hold, itself or
through a container around it.

| step | life before → after | by whom | roles | when blocked |
|---|---|---|---|---|
${Object.entries(TRANSITIONS)
  .map(([step, rule]) => row(step, rule))
  .join('\n')}

One event names at most ${MAX_BATCH} packs and containers. A pack that is dispensed again at the site that dispensed it is answered
softly ${SOFT_REPEATS} times; after that, and at once at any other site, it is put on hold.

## Events of other systems

The first line that fits an event says what it does to custody; a dash fits everything. What no line fits is an observation and
changes nothing. A step is taken under the same rules as one of our own; docs/decisions/0013-foreign-events.md says what happens
where it cannot be.

| event | action | business step | disposition | step |
|---|---|---|---|---|
${FOREIGN_STEPS.map(foreignRow).join('\n')}

## Reasons to decommission

| reason | step | business step | disposition |
|---|---|---|---|
${Object.entries(LEAVING_REASONS)
  .map(([reason, { step, bizStep, disposition }]) => `| ${reason} | ${words(step)} | ${bizStep} | ${disposition} |`)
  .join('\n')}

## Holds

Every hold blocks. Each has who opened it, why, when, in which event, and how it ended.

| hold | a pack, container or lot that |
|---|---|
${Object.entries(HOLD_WORDS)
  .map(([kind, meaning]) => `| ${words(kind)} | ${meaning} |`)
  .join('\n')}

## Codes of refusals

\`extensions.code\` of the error is one of these; where several items are refused for different reasons it is \`BATCH_REFUSED\`, and
\`extensions.details.refusals\` names each item with its own code.

${REFUSAL_CODES.map((code) => `\`${code}\``).join(' · ')}
`;

writeFileSync('docs/formats/custody.md', page);
