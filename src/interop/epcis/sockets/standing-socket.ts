import type { WebSocket } from 'ws';
import { nextRun } from '../../../domain/epcis/schedule.js';
import type { CbvFormat, EpcFormat } from '../rest/exchange.js';
import type { Controls } from '../subscriptions/controls.js';
import type { Positions } from '../subscriptions/log-reading.store.js';
import type { Standing } from '../subscriptions/standing-reader.js';

/** What is opened with a WebSocket. */
export interface SocketOpening {
  readonly standing: Standing;
  readonly controls: Controls;
  readonly cursors: Positions;
  /** Undefined where the query came with the address. */
  readonly queryId: number | undefined;
  readonly queryName: string;
  readonly epcFormat: EpcFormat;
  readonly cbvFormat: CbvFormat;
  readonly token: string;
}

/** Bytes that may wait in one connection; who reads slower gets nothing new until they are gone. */
const MOST_WAITING = 1024 * 1024;
const PATIENCE_MS = 60_000;
const PING_MS = 30_000;
/** Bytes of a reason in a close frame (RFC 6455 §5.5). */
const MOST_REASON = 123;

/** Close codes of RFC 6455 §7.4.1. */
export const CLOSE = { goingAway: 1001, refused: 1008, failed: 1011, tooSlow: 1013 } as const;

/** One connection with a standing query: as a subscription, but kept in memory and as long as the connection. */
export class StandingSocket {
  cursors: Positions;
  private nextRunAt: number | undefined;
  private until: Positions | null = null;
  private reported = false;
  private slowSince: number | undefined;
  private answered = true;
  private pingAt = Date.now() + PING_MS;

  constructor(
    private readonly socket: WebSocket,
    readonly opening: SocketOpening,
  ) {
    const { schedule } = opening.controls;
    this.cursors = opening.cursors;
    if (schedule !== null) this.nextRunAt = nextRun(schedule, Date.now());
    socket.on('pong', () => (this.answered = true));
    socket.on('error', () => socket.terminate());
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Where the run that is under way, or begins now, stops; null while none is due. A stream's is always as far as the logs go. */
  runUntil(ends: Positions, now: number): Positions | null {
    const { schedule } = this.opening.controls;
    if (schedule === null) return ends;
    if (this.until === null && this.nextRunAt !== undefined && this.nextRunAt <= now) {
      this.until = ends;
      this.reported = false;
      this.nextRunAt = nextRun(schedule, now);
    }
    return this.until;
  }

  /** The run is over. True where it found nothing, and that is to be said. */
  endRun(): boolean {
    const { schedule, reportIfEmpty } = this.opening.controls;
    this.until = null;
    return schedule !== null && reportIfEmpty && !this.reported;
  }

  /** False while too much waits to be read; who lets it wait for a minute is closed. */
  takesMore(now: number): boolean {
    if (this.socket.bufferedAmount <= MOST_WAITING) {
      this.slowSince = undefined;
      return true;
    }
    this.slowSince ??= now;
    if (now - this.slowSince > PATIENCE_MS) this.close(CLOSE.tooSlow, 'What was sent is not read.');
    return false;
  }

  /** Finds connections that are dead. */
  ping(now: number): void {
    if (now < this.pingAt) return;
    if (!this.answered) return this.socket.terminate();
    this.answered = false;
    this.pingAt = now + PING_MS;
    this.socket.ping();
  }

  send(document: string): void {
    this.reported = true;
    this.socket.send(document);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason.replace(/[^ -~]/g, '?').slice(0, MOST_REASON));
  }

  terminate(): void {
    this.socket.terminate();
  }
}
