import { mkdtemp, rm } from 'node:fs/promises';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { treeHasher, leafHash, sha256 } from '../../../../src/domain/tlog/hashing.js';
import { ed25519Signer } from '../../../../src/domain/tlog/note-key.js';
import { proveConsistency, proveInclusion, rootFromHashes } from '../../../../src/domain/tlog/proof.js';
import { signNote } from '../../../../src/domain/tlog/signed-note.js';
import { packedRoot } from '../../../../src/domain/tlog/tree.js';
import { formatAddCheckpoint } from '../../../../src/domain/tlog/witness.js';
import { witnessServer } from './http.js';
import { loadCosigners } from './keys.js';
import { type Say, Witness } from './service.js';
import { WitnessStore } from './store.js';

/** A log in memory, whose entries are the text `salt` and their index. */
export class MemoryLog {
  private readonly signer;
  private readonly leaves: Uint8Array;

  constructor(
    readonly origin: string,
    size: number,
    private readonly salt = '',
    seed = 1,
  ) {
    this.signer = ed25519Signer(origin, new Uint8Array(32).fill(seed));
    this.leaves = new Uint8Array(32 * size);
    for (let i = 0; i < size; i++) this.leaves.set(leafHash(Buffer.from(this.entry(i))), 32 * i);
  }

  entry(index: number): string {
    return `${this.salt}${index}`;
  }

  prove(index: number, size: number): Uint8Array[] {
    return proveInclusion(index, size, this.read);
  }

  get key() {
    return this.signer.key;
  }

  get verifier() {
    return noteVerifierOf(this.signer.key);
  }

  private readonly read = ({ level, index }: { level: number; index: number }): Uint8Array =>
    packedRoot(this.leaves.subarray(32 * index * 2 ** level, 32 * (index + 1) * 2 ** level), treeHasher(sha256));

  checkpoint(size: number): string {
    const root = rootFromHashes(size, this.read);
    return signNote(formatCheckpoint({ origin: this.origin, size, root }), [this.signer]);
  }

  /** The body of a request that takes a witness from one size to another. */
  request(from: number, to: number): string {
    return formatAddCheckpoint(from, proveConsistency(from, to, this.read), this.checkpoint(to));
  }
}

/** A witness that listens, over a state folder of its own. */
export interface RunningWitness {
  readonly url: string;
  readonly folder: string;
  readonly server: Server;
  post(body: string | Uint8Array): Promise<{ status: number; type: string | null; body: string }>;
  stop(): Promise<void>;
}

export async function startWitness(
  logs: readonly { origin: string; verifier: ReturnType<typeof noteVerifierOf> }[],
  { folder, mlDsa = false, say = () => undefined }: { folder?: string; mlDsa?: boolean; say?: Say } = {},
): Promise<RunningWitness> {
  const state = folder ?? (await mkdtemp(join(tmpdir(), 'halisi-witness-')));
  const store = await WitnessStore.open(state);
  const cosigners = await loadCosigners(state, 'example.com/witness', mlDsa);
  const verifiers = new Map(logs.map(({ origin, verifier }) => [origin, [verifier]]));
  const server = witnessServer(await Witness.open({ cosigners, logs: verifiers, store, say }), say);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    folder: state,
    server,
    async post(body) {
      const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: body as string });
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (folder === undefined) await rm(state, { recursive: true });
    },
  };
}
