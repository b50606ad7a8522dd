import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { MemoryLog, type RunningWitness, startWitness } from '../../apps/verifier/src/witness/witness.fixture.js';
import { utf8ToBytes } from '../../src/domain/bytes.js';
import {
  cosignatureVerifier,
  formatTlogProof,
  formatVerifierKey,
  mlDsaCosigner,
  noteVerifierOf,
  parseCheckpoint,
  parseNote,
  signCheckpoint,
} from '../../src/domain/tlog/index.js';

const run = promisify(execFile);
const CACHE = resolve('node_modules/.cache/go');
const BUILD_MS = 300_000;
const ORIGIN = 'halisi.example/log';

/** `test/interop/cosigned`, built; null, with the reason on stderr, where Go or its modules are not to be had. */
async function build(folder: string): Promise<string | null> {
  const program = join(folder, 'cosigned');
  const env = { ...process.env, GOPATH: join(CACHE, 'path'), GOFLAGS: '-modcacherw', CGO_ENABLED: '0' };
  try {
    await run('go', ['build', '-buildvcs=false', '-o', program, '.'], {
      cwd: 'test/interop/cosigned',
      env,
      timeout: BUILD_MS,
    });
    return program;
  } catch (error) {
    process.stderr.write(`No Go program: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'halisi-cosigned-'));
const program = await build(folder);
const where = program === null ? describe.skip : describe;

where('an implementation by others (transparency-dev formats)', () => {
  const log = new MemoryLog(ORIGIN, 23);
  const pqLog = mlDsaCosigner(ORIGIN, new Uint8Array(32).fill(5), () => 0);
  let witness: RunningWitness;
  let keys: string[];

  beforeAll(async () => {
    witness = await startWitness([log], { mlDsa: true });
    const status = (await (await fetch(`${witness.url}/status.json`)).json()) as { keys: string[] };
    keys = [...status.keys, formatVerifierKey(log.key)];
  });
  afterAll(async () => {
    await witness.stop();
    await rm(folder, { recursive: true });
  });

  const cosigned = async (from: number, to: number): Promise<string> => {
    const { status, body } = await witness.post(log.request(from, to));
    expect(status).toBe(200);
    return log.checkpoint(to) + body;
  };

  /** What the program prints; a policy of `witnesses`, all of which must cosign. */
  async function check(
    note: string,
    index: number,
    entry: string,
    witnesses: readonly string[],
    vkeys = keys,
  ): Promise<string> {
    const names = witnesses.map((_, i) => `w${i}`);
    const lines = [
      `log ${formatVerifierKey(log.key)}`,
      ...witnesses.map((vkey, i) => `witness ${names[i]} ${vkey} https://w.example/`),
      `group all-of-them all ${names.join(' ')}`,
      'quorum all-of-them',
    ];
    const { size } = parseCheckpoint(parseNote(note).text);
    const proof = formatTlogProof({ index, hashes: log.prove(index, size), checkpoint: note, extra: utf8ToBytes('x') });
    const files = { proof, policy: `${lines.join('\n')}\n`, entry };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const args = [...Object.keys(files).map((name) => join(folder, name)), ...vkeys];
    return (await run(program!, args)).stdout;
  }

  it('takes our witness\u2019s cosignatures, Ed25519 and ML-DSA-44, our proof and our policy', async () => {
    const note = await cosigned(0, 23);
    const ids = parseNote(note).signatures.map(({ name, keyId }) => `${name} ${keyId.toString(16).padStart(8, '0')}`);
    expect(ids).toHaveLength(3);
    const expected = [...ids.map((id) => `signed by ${id}`), 'quorum true', 'entry 13 of 23', ''].join('\n');
    expect(await check(note, 13, log.entry(13), keys.slice(0, 1))).toBe(expected);
  });

  it('sees that a witness is missing, and refuses another entry', async () => {
    const note = log.checkpoint(23);
    expect(await check(note, 13, log.entry(13), keys.slice(0, 1))).toContain('quorum false');
    await expect(check(note, 13, log.entry(12), keys.slice(0, 1))).rejects.toThrow();
  });

  it('takes a checkpoint that the log signs with ML-DSA-44 alone', async () => {
    const checkpoint = parseCheckpoint(parseNote(log.checkpoint(7)).text);
    const note = signCheckpoint(checkpoint, [pqLog]);
    const vkey = formatVerifierKey(pqLog.key);
    const output = await check(note, 3, log.entry(3), keys.slice(0, 1), [vkey]);
    expect(output).toContain(`signed by ${ORIGIN} ${pqLog.keyId.toString(16).padStart(8, '0')}\n`);
    expect(noteVerifierOf(vkey).key).toEqual(cosignatureVerifier(vkey).key);
  });
});
