import { DocumentError } from '../../../domain/epcis/document.js';
import { DEEPEST, type DocumentLimits } from './limits.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Where the events of a document stand. */
const EVENT_LISTS: ReadonlySet<string> = new Set([
  '/epcisBody/eventList',
  '/epcisBody/queryResults/resultsBody/eventList',
]);
/** Levels down to which names are looked at. */
const DEEPEST_NAME = 4;
const LONGEST_NAME = 64;

/** The bytes of one event, and the pointer to the list that it stands in. */
export interface EventBytes {
  readonly list: string;
  readonly bytes: Buffer;
}

/** What the list of events waits for. */
type Awaited = 'event or end' | 'event' | 'comma or end';

/**
 * Cuts the bytes of a JSON document into its events and what stands around them, the list of events left empty. Looks at
 * strings and brackets only: what it hands out is parsed by others. Memory is bounded by one event and the header.
 */
export class JsonSplitter {
  private around: Buffer[] = [];
  private aroundBytes = 0;
  private event: Buffer[] = [];
  private eventBytes = 0;
  private readonly brackets: number[] = [];
  private readonly names: string[] = [];
  private inString = false;
  private escaped = false;
  private readsName = false;
  private list: { readonly pointer: string; readonly depth: number; awaited: Awaited; index: number } | undefined;
  private finished: EventBytes[] = [];
  private bytes: Buffer = Buffer.alloc(0);
  /** The first of `bytes` that has not been handed on. */
  private from = 0;

  constructor(private readonly limits: DocumentLimits) {}

  /** The events that end in these bytes. Throws DocumentError. */
  push(chunk: Uint8Array): readonly EventBytes[] {
    this.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.from = 0;
    this.finished = [];
    const { bytes } = this;
    for (let at = 0; at < bytes.length; at++) {
      if (this.inString) at = this.throughString(at);
      else if (bytes[at]! > 0x20) this.look(bytes[at]!, at);
    }
    this.handOn(bytes.length);
    return this.finished;
  }

  /** The document without its events. Throws DocumentError where it is not whole. */
  end(): Buffer {
    if (!this.inString && this.brackets.length === 0) return Buffer.concat(this.around);
    throw new DocumentError('JSON_MALFORMED', this.place(), 'the rest of the document', 'the end of the bytes');
  }

  private get betweenEvents(): boolean {
    return this.list !== undefined && this.brackets.length === this.list.depth;
  }

  private look(byte: number, at: number): void {
    if (this.betweenEvents) return this.lookBetweenEvents(byte, at);
    if (byte === QUOTE) return this.openString();
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.open(byte);
      if (byte === OPEN_LIST && this.list === undefined) this.enterEvents(at);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.close(byte);
      if (this.betweenEvents) this.finishEvent(at);
    }
  }

  private lookBetweenEvents(byte: number, at: number): void {
    const list = this.list!;
    if (byte === OPEN_OBJECT && list.awaited !== 'comma or end') {
      this.from = at;
      this.open(byte);
    } else if (byte === COMMA && list.awaited === 'comma or end') {
      list.awaited = 'event';
    } else if (byte === CLOSE_LIST && list.awaited !== 'event') {
      this.list = undefined;
      this.from = at;
      this.close(byte);
    } else {
      const got = JSON.stringify(String.fromCharCode(byte));
      throw new DocumentError('JSON_MALFORMED', { pointer: `${list.pointer}/${list.index}` }, list.awaited, got);
    }
  }

  private enterEvents(at: number): void {
    const depth = this.brackets.length;
    if (depth > DEEPEST_NAME + 1 || this.brackets.indexOf(OPEN_LIST) !== depth - 1) return;
    const pointer = `/${this.names.slice(0, depth - 1).join('/')}`;
    if (!EVENT_LISTS.has(pointer)) return;
    this.handOn(at + 1);
    this.list = { pointer, depth, awaited: 'event or end', index: 0 };
  }

  private finishEvent(at: number): void {
    this.handOn(at + 1, true);
    const list = this.list!;
    this.finished.push({
      list: list.pointer,
      bytes: this.event.length === 1 ? this.event[0]! : Buffer.concat(this.event),
    });
    this.event = [];
    this.eventBytes = 0;
    list.awaited = 'comma or end';
    list.index++;
  }

  /** Gives what came before `to` to the event or to what stands around. */
  private handOn(to: number, endsEvent = false): void {
    const part = this.bytes.subarray(this.from, to);
    this.from = to;
    if (part.length === 0 || (this.betweenEvents && !endsEvent)) return;
    if (this.list === undefined) {
      this.around.push(Buffer.from(part));
      this.aroundBytes = this.bounded(this.aroundBytes + part.length, 'a header', this.limits.headerBytes);
    } else {
      this.event.push(endsEvent ? part : Buffer.from(part));
      this.eventBytes = this.bounded(this.eventBytes + part.length, 'an event', this.limits.eventBytes);
    }
  }

  private bounded(bytes: number, what: string, most: number): number {
    if (bytes <= most) return bytes;
    throw new DocumentError('TOO_LARGE', this.place(), `${what} of at most ${most} bytes`, 'more');
  }

  private place(): { pointer: string } {
    return { pointer: this.list === undefined ? '' : `${this.list.pointer}/${this.list.index}` };
  }

  /** The index of the quote that ends the string, or past the bytes at hand. */
  private throughString(start: number): number {
    for (let from = start; ;) {
      const quote = this.bytes.indexOf(QUOTE, from);
      const end = quote < 0 ? this.bytes.length : quote;
      this.escaped = this.endsEscaped(from, end);
      if (quote >= 0 && this.escaped) {
        this.escaped = false;
        from = quote + 1;
        continue;
      }
      if (this.readsName) this.readName(start, end);
      if (quote >= 0) this.inString = false;
      return end;
    }
  }

  /** Whether an odd number of backslashes stands before `end`. */
  private endsEscaped(from: number, end: number): boolean {
    let first = end;
    while (first > from && this.bytes[first - 1] === BACKSLASH) first--;
    const odd = (end - first) % 2 === 1;
    return first === from && this.escaped ? !odd : odd;
  }

  // Of the strings in an object, the last before a list or an object is its name.
  private openString(): void {
    this.inString = true;
    const depth = this.brackets.length;
    const matters = this.list === undefined && depth <= DEEPEST_NAME && this.brackets[depth - 1] === OPEN_OBJECT;
    this.readsName = matters;
    if (matters) this.names[depth - 1] = '';
  }

  private readName(start: number, end: number): void {
    const at = this.brackets.length - 1;
    const name = this.names[at]!;
    if (name.length < LONGEST_NAME)
      this.names[at] = name + this.bytes.toString('latin1', start, Math.min(end, start + LONGEST_NAME));
  }

  private open(bracket: number): void {
    this.brackets.push(bracket);
    if (this.brackets.length <= DEEPEST) return;
    throw new DocumentError('NESTING_TOO_DEEP', this.place(), `at most ${DEEPEST} levels`, 'more');
  }

  private close(bracket: number): void {
    const opened = this.brackets.pop();
    if (opened === (bracket === CLOSE_LIST ? OPEN_LIST : OPEN_OBJECT)) return;
    throw new DocumentError('JSON_MALFORMED', this.place(), 'brackets that match', String.fromCharCode(bracket));
  }
}
