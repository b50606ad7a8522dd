import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere, type Ran } from '../../apps/verifier/src/terminal.fixture.js';
import {
  chainLogId,
  ed25519Signer,
  encodeEntryBundle,
  entryBundlePath,
  formatVerifierKey,
  growTiles,
  leafHash,
  type NoteSigner,
  proveConsistency,
  signCheckpoint,
  type Tile,
  tileHashReader,
  tilePath,
  treeRoot,
} from '../../src/domain/tlog/index.js';

export { chainLogId };

export const ORIGIN = 'log.example/monitored';
export const SIGNER = ed25519Signer(ORIGIN, new Uint8Array(32).fill(9));
export const VKEY = formatVerifierKey(SIGNER.key);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A log in memory, served as tlog-tiles by a server that does whatever a spec wants. */
export class ServedLog {
  readonly files = new Map<string, Uint8Array>();
  /** What to do instead of serving a path. */
  readonly instead = new Map<string, Handler>();
  /** Every path that was asked for. */
  readonly asked: string[] = [];
  private leaves: Uint8Array[] = [];
  private readonly entries: Uint8Array[] = [];
  private server!: Server;
  url = '';

  constructor(
    private readonly label = 'honest',
    private readonly signers: readonly NoteSigner[] = [SIGNER],
  ) {}

  async start(): Promise<this> {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  get size(): number {
    return this.leaves.length;
  }

  /** The root of the first entries. */
  root(size = this.size): Uint8Array {
    return treeRoot(this.leaves.slice(0, size));
  }

  /** The hashes of a tile, as wide as asked. */
  tile({ level, index, width }: Tile): Uint8Array | undefined {
    for (let wider = width; wider <= 256; wider++) {
      const hashes = this.files.get(tilePath({ level, index, width: wider }));
      if (hashes !== undefined) return hashes;
    }
    return undefined;
  }

  /** Adds entries, and publishes a checkpoint with their tiles. */
  grow(count: number, entry = (index: number) => entryOf(index, this.label)): void {
    const before = this.size;
    for (let i = before; i < before + count; i++) this.entries.push(entry(i));
    this.leaves = this.entries.map((one) => leafHash(one));
    const added = Buffer.concat(this.leaves.slice(before));
    const read = (tile: Tile): Uint8Array | undefined => this.files.get(tilePath(tile));
    for (const { tile, hashes } of growTiles(before, added, read)) {
      this.files.set(tilePath(tile), hashes);
      if (tile.level !== 0) continue;
      const bundle = this.entries.slice(tile.index * 256, tile.index * 256 + tile.width);
      this.files.set(entryBundlePath(tile), encodeEntryBundle(bundle));
    }
    this.publish();
  }

  /** Signs a checkpoint and serves it. */
  publish({ size = this.size, root = this.root(size), origin = ORIGIN, signers = this.signers } = {}): string {
    const note = signCheckpoint({ origin, size, root }, signers);
    this.files.set('checkpoint', Buffer.from(note));
    return note;
  }

  /** Turns one bit of what is served at a path. */
  spoil(path: string, at = 5): void {
    const bytes = Uint8Array.from(this.files.get(path)!);
    bytes[at]! ^= 1;
    this.files.set(path, bytes);
  }

  /** Serves a JSON document. */
  serveJson(path: string, json: unknown): void {
    this.files.set(path, Buffer.from(JSON.stringify(json)));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.slice(1);
    this.asked.push(path);
    const instead = this.instead.get(path) ?? this.instead.get('*');
    if (instead !== undefined) return instead(request, response);
    const bytes = this.files.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes ?? 'Not found.');
  }
}

export const entryOf = (index: number, label: string): Uint8Array =>
  Buffer.concat([Buffer.of(1), createHash('sha256').update(`${label} ${index}`).digest()]);

/** A folder with a trust file and a state file, and the command run in it. */
export class Desk {
  private constructor(
    readonly folder: string,
    readonly trust: string,
    readonly state: string,
  ) {}

  static async open(trusted: object = {}): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'halisi-monitor-'));
    const trust = join(folder, 'trust.json');
    await writeFile(trust, JSON.stringify({ logs: [{ origin: ORIGIN, keys: [VKEY], ...trusted }] }));
    return new Desk(folder, trust, join(folder, 'state.json'));
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** One look, in JSON. */
  async look(log: { readonly url: string }, ...more: string[]): Promise<Look> {
    const ran = await this.run(log.url, '--trust', this.trust, '--once', '--json', '--patience', '1.5', ...more);
    const line = ran.output.trim();
    return { ...ran, ...(line === '' ? EMPTY : (JSON.parse(line) as typeof EMPTY)) };
  }

  run(...args: string[]): Promise<Ran> {
    return runHere(['monitor', ...args, '--state', this.state]);
  }

  /** Evidence files that were written. */
  async evidence(): Promise<string[]> {
    const names = await readdir(this.folder);
    return names.filter((name) => name.includes('.evidence-')).map((name) => join(this.folder, name));
  }

  async text(): Promise<string> {
    return readFile(this.state, 'utf8');
  }
}

const EMPTY = {
  size: 0,
  checked: 0,
  reached: false,
  notes: [] as { code: string; message: string }[],
  alarms: [] as { code: string; message: string; now: boolean; evidence: string[] }[],
  anchors: [] as { size: number; anchoredAt: string | null }[],
  witnesses: null as { cosigned: number; of: number } | null,
};

export type Look = Ran & typeof EMPTY;

/** The codes of the alarms that are raised. */
export const codesOf = ({ alarms }: Look): string[] => alarms.map(({ code }) => code).sort();

/** The consistency proof between two sizes of a served log. */
export function consistencyOf(log: ServedLog, oldSize: number, newSize: number): Uint8Array[] {
  return proveConsistency(
    oldSize,
    newSize,
    tileHashReader(newSize, (tile) => log.tile(tile)),
  );
}
