import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { mayAct } from '../../../access/abilities.js';
import type { Actor } from '../../../access/actor.js';
import { ForbiddenError, UnauthenticatedError } from '../../../access/errors.js';
import { purposeOf } from '../../../access/marks.js';
import { Tokens } from '../../../access/tokens.js';
import { Database } from '../../../platform/database/database.js';
import { problemOf } from '../../../platform/http/problem.js';
import { Log } from '../../../platform/logging.js';
import { EventQueries } from '../queries/event-queries.js';
import { NamedQueries, namespacesIn, SIMPLE_EVENT_QUERY } from '../queries/named-queries.service.js';
import { checkAddressLength } from '../queries/address.js';
import { decoded, parametersIn } from '../queries/parameters.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { exchangeOf } from '../rest/exchange.js';
import { epcisProblemBody } from '../rest/problem-writer.js';
import { controlsInUrl, isControl } from '../subscriptions/controls.js';
import { startOfLogs } from '../subscriptions/log-reading.store.js';
import { type SocketOpening, StandingSocket } from './standing-socket.js';
import { StandingSockets } from './standing-sockets.js';

const PATH = /^\/epcis\/(?:queries\/([^/?]+)\/)?events(?:\?|$)/;
/** The subprotocol that is spoken; `bearer.<access token>` beside it is how a browser, which can set no header, signs in. */
const PROTOCOL = 'epcis';
const BEARER = 'bearer.';
const MOST_RECEIVED = 1024;

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * WebSockets of the binding: `GET /epcis/queries/{name}/events` and `GET /epcis/events`, upgraded. Whatever else is upgraded
 * (GraphQL) goes to those who listened before.
 */
@Injectable()
export class SocketDoor implements OnApplicationBootstrap {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_RECEIVED,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  private readonly recordTimes = new WeakMap<IncomingMessage, Date>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly sockets: StandingSockets,
    private readonly named: NamedQueries,
    private readonly queries: EventQueries,
    private readonly tokens: Tokens,
    private readonly database: Database,
    @Inject(Log) private readonly log: Log,
  ) {
    this.server.on('headers', (headers, request) => {
      headers.push(`GS1-Query-Min-Record-Time: ${(this.recordTimes.get(request) ?? new Date()).toISOString()}`);
    });
  }

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    // By then GraphQL listens too.
    http.once('listening', () => {
      const others = http.listeners('upgrade') as UpgradeListener[];
      http.removeAllListeners('upgrade');
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (PATH.test(request.url ?? '')) void this.open(request, socket, head);
        else others.forEach((listener) => listener.call(http, request, socket, head));
      });
    });
  }

  private async open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const broken = (): void => void socket.destroy();
    socket.on('error', broken);
    try {
      const opening = await this.opening(request);
      if (socket.destroyed) return;
      this.sockets.checkRoom(opening.standing.asker.actor.organisationId);
      if (opening.controls.initialRecordTime) this.recordTimes.set(request, opening.controls.initialRecordTime);
      socket.off('error', broken);
      this.server.handleUpgrade(request, socket, head, (client) =>
        this.sockets.add(new StandingSocket(client, opening)),
      );
    } catch (error) {
      this.refuse(socket, error);
    }
  }

  private async opening(request: IncomingMessage): Promise<SocketOpening> {
    const token = tokenIn(request);
    const actor = await this.tokens.check(token);
    mustRead(actor);
    const url = request.url ?? '';
    checkAddressLength(url);
    const exchange = exchangeOf(headersOf(request));
    const asker = { actor, purpose: purposeOf(headersOf(request), 'status') };
    const raw = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
    const name = PATH.exec(url)?.[1];
    const ofQuery = raw.split('&').filter((part) => part !== '' && !isControl(decoded(part.split('=', 1)[0]!)));
    const given = parametersIn(raw).filter(([each]) => isControl(each));
    const controls = controlsInUrl(given.map(([each, value]) => [each, decoded(value)]));
    const { epcFormat, cbvFormat } = exchange;
    const shared = {
      controls,
      token,
      epcFormat,
      cbvFormat,
      cursors: await startOfLogs(this.database, controls.initialRecordTime),
    };
    if (name === undefined) {
      const query = this.queries.parseUrl(ofQuery.join('&'), exchange.namespaces);
      this.queries.checkStanding(query);
      const standing = { asker, query, since: controls.initialRecordTime };
      return { ...shared, standing, queryId: undefined, queryName: SIMPLE_EVENT_QUERY };
    }
    if (ofQuery.length > 0) {
      const message = `Expected parameters of a subscription alone; got ${JSON.stringify(ofQuery[0]!.slice(0, 80))}.`;
      throw new EpcisProblem('QueryParameterException', 'PARAMETER_UNKNOWN', message);
    }
    const stored = await this.named.one(actor, decoded(name));
    const query = this.queries.parse(JSON.parse(stored.query) as Record<string, unknown>, namespacesIn(stored));
    this.queries.checkStanding(query);
    const standing = { asker, query, since: controls.initialRecordTime };
    return { ...shared, standing, queryId: stored.id, queryName: stored.name };
  }

  /** An answer to a request that is not upgraded: a problem, as any other request gets. */
  private refuse(socket: Duplex, error: unknown): void {
    const problem = problemOf(error);
    if (problem === undefined) this.log.pino.error({ err: error }, 'A WebSocket could not be opened.');
    const internal = { status: 500, code: 'INTERNAL', message: 'Something went wrong on our side.' };
    const body = epcisProblemBody(problem ?? internal, error);
    const text = JSON.stringify(body);
    const lines = [
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      ...(body.status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
  }
}

/** The helpers of plain requests read nothing but headers. */
const headersOf = ({ headers }: IncomingMessage): FastifyRequest => ({ headers }) as FastifyRequest;

function tokenIn({ headers }: IncomingMessage): string {
  const header = headers.authorization;
  if (header !== undefined && /^bearer /i.test(header)) return header.slice(7).trim();
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const bearer = offered.find((each) => each.startsWith(BEARER));
  if (bearer !== undefined) return bearer.slice(BEARER.length);
  throw new UnauthenticatedError('missing', 'This needs an access token: sign in first.');
}

function mustRead(actor: Actor): void {
  if (!mayAct(actor, 'read')) throw new ForbiddenError('This needs a role that may read.');
}
