import { type AddressInfo } from 'node:net';
import { type Server } from 'node:http';
import { join } from 'node:path';
import { DomainError } from '../../../../src/domain/errors.js';
import { COSIGNATURE_ED25519, type KeyedVerifier, noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { type NoteVerifier, formatVerifierKey } from '../../../../src/domain/tlog/note-key.js';
import { parsePolicy } from '../../../../src/domain/tlog/policy.js';
import { type Command, type Status, type Terminal, UsageError } from '../command.js';
import { lockFile } from '../lock.js';
import { printable } from '../printable.js';
import { makeFolder, readIfThere, systemCode } from './durable.js';
import { witnessServer } from './http.js';
import { loadCosigners } from './keys.js';
import { USAGE, type WitnessOptions, readOptions } from './options.js';
import { type Say, Witness } from './service.js';
import { WitnessStore } from './store.js';

/** `halisi-verify witness`. */
export const witnessCommand: Command = {
  name: 'witness',
  summary: 'cosigns the checkpoints of logs, as a witness that keeps them from forking',
  usage: USAGE,
  run: (args, terminal) => runWitness(readOptions(args), terminal),
};

async function runWitness(options: WitnessOptions, terminal: Terminal): Promise<Status> {
  const logs = await loadLogs(options);
  const unlock = await usable(options.state, () => lock(options.state));
  try {
    const say = (line: string): void => terminal.err(`${new Date().toISOString()} ${printable(line)}\n`);
    const { cosigners, witness } = await usable(options.state, () => openWitness(options, logs, say));
    const server = witnessServer(witness, say);
    const url = await listen(server, options);
    terminal.out(cosigners.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''));
    terminal.out(`The witness ${options.name} follows ${logs.size} ${logs.size === 1 ? 'log' : 'logs'} at ${url}\n`);
    await ended(terminal.stopped());
    await close(server);
    return 0;
  } finally {
    await unlock();
  }
}

async function lock(folder: string): Promise<() => Promise<void>> {
  await makeFolder(folder);
  return lockFile(join(folder, 'witness'));
}

async function openWitness({ state, name, mlDsa }: WitnessOptions, logs: Map<string, NoteVerifier[]>, say: Say) {
  const cosigners = await loadCosigners(state, name, mlDsa);
  const store = await WitnessStore.open(state);
  return { cosigners, witness: await Witness.open({ cosigners, logs, store, say }) };
}

/** What the operating system refuses in the state folder is for the operator to mend: UsageError. */
async function usable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new UsageError(`The state folder ${folder} cannot be used (${(error as Error).message}).`);
  }
}

/** The verifiers of each log, by its origin. */
async function loadLogs({ logs, policy }: WitnessOptions): Promise<Map<string, NoteVerifier[]>> {
  const byOrigin = new Map<string, NoteVerifier[]>();
  const keys =
    policy === undefined ? logs.map(logKey) : (await loadPolicy(policy)).logs.map(({ key }) => noteVerifierOf(key));
  for (const verifier of keys) byOrigin.set(verifier.name, [...(byOrigin.get(verifier.name) ?? []), verifier]);
  if (byOrigin.size === 0) throw new UsageError(`The policy ${policy} names no log.`);
  return byOrigin;
}

function logKey(vkey: string): KeyedVerifier {
  const verifier = refusing(`--log ${vkey.slice(0, 60)}`, () => noteVerifierOf(vkey));
  if (verifier.key.type !== COSIGNATURE_ED25519) return verifier;
  throw new UsageError(`--log ${vkey.slice(0, 60)} is a key of a witness, not of a log.`);
}

async function loadPolicy(path: string) {
  const text = await readIfThere(path).catch((error: unknown) => {
    throw new UsageError(`The policy ${path} cannot be read (${(error as Error).message}).`);
  });
  if (text === undefined) throw new UsageError(`The policy ${path} is not there.`);
  return refusing(path, () => parsePolicy(text));
}

function refusing<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) throw new UsageError(`${what} cannot be used. ${error.message}`);
    throw error;
  }
}

/** Listens, and gives the URL: port 0 takes any that is free. */
async function listen(server: Server, { host, port }: WitnessOptions): Promise<string> {
  await new Promise<void>((ready, failed) => {
    server.once('error', (error) =>
      failed(new UsageError(`${host}:${port} cannot be listened on (${error.message}).`)),
    );
    server.listen(port, host, ready);
  });
  const bound = server.address() as AddressInfo;
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

/** Lets requests that are under way end. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 5000);
  await closed;
  clearTimeout(late);
}
