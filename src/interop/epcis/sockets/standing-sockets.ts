import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import { UnauthenticatedError } from '../../../access/errors.js';
import { Tokens } from '../../../access/tokens.js';
import { Workers } from '../../../platform/jobs/workers.js';
import { Log } from '../../../platform/logging.js';
import { NamedQueriesStore } from '../queries/named-queries.store.js';
import { EventDocuments } from '../rest/event-documents.service.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import type { Positions } from '../subscriptions/log-reading.store.js';
import { type Found, StandingReader } from '../subscriptions/standing-reader.js';
import { SubscriptionMetrics } from '../subscriptions/subscriptions.metrics.js';
import { CLOSE, type StandingSocket } from './standing-socket.js';

const EVERY_MS = 250;
/** Events of one message at most. */
const MOST_EVENTS = 100;
/** Connections of one organisation at one process. */
const MOST_SOCKETS = 100;
const AT_ONCE = 8;
/** Messages of one connection in a row before others have their turn. */
const TURNS = 20;

/** Serves the open connections: looks at the logs for each, and ends those that may not go on. */
@Injectable()
export class StandingSockets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets = new Set<StandingSocket>();
  private closed = false;

  constructor(
    private readonly workers: Workers,
    private readonly reader: StandingReader,
    private readonly named: NamedQueriesStore,
    private readonly tokens: Tokens,
    private readonly trail: AccessTrail,
    private readonly metrics: SubscriptionMetrics,
    private readonly documents: EventDocuments,
    @Inject(Log) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.workers.every('epcis-sockets', { everyMs: EVERY_MS, everywhere: true }, () => this.round());
  }

  /** Before the server waits for its connections to end. */
  beforeApplicationShutdown(): void {
    this.closed = true;
    for (const socket of this.sockets) {
      socket.close(CLOSE.goingAway, 'The server stops.');
      socket.terminate();
    }
  }

  /** Throws where the organisation has as many as it may, or the server stops. */
  checkRoom(organisation: number): void {
    const open = [...this.sockets].filter(
      ({ opening }) => opening.standing.asker.actor.organisationId === organisation,
    );
    if (!this.closed && open.length < MOST_SOCKETS) return;
    const message = `An organisation has ${MOST_SOCKETS} WebSockets at most; close one first.`;
    throw new EpcisProblem('SubscriptionControlsException', 'TOO_MANY_SOCKETS', message, {}, 429);
  }

  add(socket: StandingSocket): void {
    this.sockets.add(socket);
    this.metrics.socketsOpen(this.sockets.size);
  }

  private async round(): Promise<void> {
    for (const socket of this.sockets) if (!socket.open) this.sockets.delete(socket);
    this.metrics.socketsOpen(this.sockets.size);
    if (this.sockets.size === 0) return;
    const [ends, kept] = await Promise.all([this.reader.ends(), this.named.kept([...this.sockets].map(queryIdOf))]);
    const waiting = [...this.sockets];
    const serve = async (): Promise<void> => {
      for (let socket = waiting.pop(); socket; socket = waiting.pop()) await this.turn(socket, ends, kept);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, serve));
  }

  private async turn(socket: StandingSocket, ends: Positions, kept: ReadonlySet<number>): Promise<void> {
    const now = Date.now();
    const { queryId, token } = socket.opening;
    try {
      if (queryId !== undefined && !kept.has(queryId)) return socket.close(CLOSE.refused, 'The query was removed.');
      await this.tokens.check(token);
      socket.ping(now);
      const until = socket.runUntil(ends, now);
      if (until !== null) await this.report(socket, until);
    } catch (error) {
      if (error instanceof UnauthenticatedError || error instanceof EpcisProblem)
        return socket.close(CLOSE.refused, error.message);
      this.log.pino.error({ err: error }, 'A WebSocket could not be served.');
      socket.close(CLOSE.failed, 'Something went wrong on our side.');
    }
  }

  /** Sends what the run finds, as far as it is read; the rest has its turn in the next round. */
  private async report(socket: StandingSocket, until: Positions): Promise<void> {
    const { standing } = socket.opening;
    for (let turn = 0; turn < TURNS && socket.open && socket.takesMore(Date.now()); turn++) {
      const { found, cursors, done } = await this.reader.next(standing, socket.cursors, until, MOST_EVENTS);
      if (found.length > 0) await this.send(socket, found);
      socket.cursors = cursors;
      if (!done) continue;
      if (socket.endRun()) await this.send(socket, []);
      return;
    }
  }

  /** Whose data leaves is recorded before it does. */
  private async send(socket: StandingSocket, found: readonly Found[]): Promise<void> {
    const { standing, queryName, epcFormat, cbvFormat } = socket.opening;
    const ownerIds = found.map(({ capturedBy }) => capturedBy);
    const subject = `query ${queryName}`;
    await this.trail.record({ ...standing.asker, ownerIds, operation: 'GET /epcis/events (WebSocket)', subject });
    const answer = { queryName, events: found.map(({ event }) => event) };
    socket.send(await this.documents.text({ form: 'json', epcFormat, cbvFormat }, answer));
  }
}

const queryIdOf = ({ opening }: StandingSocket): number => opening.queryId ?? 0;
