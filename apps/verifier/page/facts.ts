import { parseEpc } from '../../../src/domain/gs1/epc.js';
import type { Receipt } from '../../../src/domain/receipt/receipt.js';
import { printable } from '../src/printable.js';
import { filled, type Texts } from './texts/texts.js';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

const MOST_THINGS = 5;
const NAMES_A_THING = /^(?:parentID|(?:epcList|childEPCs|inputEPCList|outputEPCList)\/\d+)$/;
const LOT = /^ilmd\/(?:[^/]*:)?lotNumber$/;
const EXPIRY = /^ilmd\/(?:[^/]*:)?itemExpirationDate$/;
const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** What a receipt says, in a person's words. Everything in it is text of a stranger until the links hold. */
export function factsOf({ event, log, anchors }: Receipt, texts: Texts): Fact[] {
  const shown = event.disclosures.map(([, name, value]) => ({ name, value }));
  const valueOf = (fits: (name: string) => boolean): string | undefined => {
    const found = shown.find(({ name }) => fits(name));
    return found === undefined ? undefined : plain(found.value);
  };
  const step = valueOf((name) => name === 'bizStep');
  const facts: (Fact | undefined)[] = [
    ...thingsOf(
      shown.filter(({ name }) => NAMES_A_THING.test(name)).map(({ value }) => value),
      texts,
    ),
    fact(
      texts.lot,
      valueOf((name) => LOT.test(name)),
    ),
    fact(
      texts.expiry,
      valueOf((name) => EXPIRY.test(name)),
    ),
    fact(texts.happened, step === undefined ? undefined : stepIn(step, texts)),
    fact(texts.when, timeOf(valueOf((name) => name === 'eventTime'))),
    fact(texts.where, valueOf((name) => name === 'readPoint') ?? valueOf((name) => name === 'bizLocation')),
    fact(texts.entry, filled(texts.entryOf, { index: log.index, origin: printable(log.origin) })),
    ...anchors.map(({ block, chainId }) => {
      const time = timeOf(block.time) ?? block.time;
      return fact(texts.anchored, filled(texts.anchoredAt, { time, block: block.number, chain: chainId }));
    }),
    anchors.length === 0 ? fact(texts.anchored, texts.notAnchored) : undefined,
  ];
  return facts.filter((each) => each !== undefined);
}

const fact = (label: string, value: string | undefined): Fact | undefined =>
  value === undefined ? undefined : { label, value };

function thingsOf(values: readonly unknown[], texts: Texts): Fact[] {
  const things = values.slice(0, MOST_THINGS).map((value) => thing(String(value), texts));
  if (values.length > MOST_THINGS) things.push({ label: texts.thing, value: `+ ${values.length - MOST_THINGS}` });
  return things;
}

function thing(text: string, texts: Texts): Fact {
  try {
    const epc = parseEpc(text);
    if (epc.kind === 'sgtin')
      return { label: texts.pack, value: `GTIN ${epc.gtin}, ${texts.serial} ${printable(epc.serial)}` };
    if (epc.kind === 'sscc') return { label: texts.container, value: `SSCC ${epc.sscc}` };
  } catch {
    // It is shown as it stands.
  }
  return { label: texts.thing, value: printable(text) };
}

function stepIn(step: string, { steps }: Texts): string {
  return Object.hasOwn(steps, step) ? steps[step as keyof typeof steps] : step;
}

/** `2026-11-20 09:00 +03:00`: the time of the place, and how far that is from UTC. */
function timeOf(text: string | undefined): string | undefined {
  const [, day, time, offset] = TIME.exec(text ?? '') ?? [];
  return day === undefined ? text : `${day} ${time} ${offset === 'Z' ? 'UTC' : offset}`;
}

function plain(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return printable(typeof id === 'string' ? id : JSON.stringify(value));
}
