import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parsePolicy } from '../../src/domain/tlog/policy.js';
import { checkCheckpoint } from '../../src/domain/tlog/policy-check.js';
import { ed25519Cosigner } from '../../src/domain/tlog/cosignature.js';
import { formatVerifierKey, parseNote } from '../../src/domain/tlog/index.js';
import { cosignatureLines } from '../../src/domain/tlog/witness.js';
import type { Database } from '../../src/platform/database/database.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { cosignedNote, latestCheckpoint, latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { WitnessAlarm } from '../../src/transparency/witness/witness-alarm.js';
import { asksNothing, witnessPolicy } from '../../src/transparency/witness/witness-policy.js';
import { Witnessing, type WitnessingReport } from '../../src/transparency/witness/witnessing.js';
import { eventually } from '../support/eventually.js';
import { ORIGIN, TestPostgres, append } from './transparency-fixture.js';
import { buildVerifier, WitnessProcess } from './witness-process.js';

const postgres = new TestPostgres();
const signer = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));
const witnesses: WitnessProcess[] = [];
const open: { close(): Promise<unknown> }[] = [];
beforeAll(async () => {
  await Promise.all([postgres.start(), buildVerifier()]);
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await Promise.all(witnesses.splice(0).map((witness) => witness.remove()));
});
afterAll(() => postgres.stop());

async function newWitness(name: string, options?: readonly string[]): Promise<WitnessProcess> {
  const witness = new WitnessProcess(name, signer.vkey, options);
  witnesses.push(witness);
  return witness.start();
}

function policyOf(lines: readonly string[], threshold: string): string {
  const names = lines.map((line) => line.split(' ')[1]);
  return `${lines.join('\n')}\ngroup g ${threshold} ${names.join(' ')}\nquorum g\n`;
}

async function grow(database: Database, count: number): Promise<void> {
  await append(database, count);
  const integrator = new Integrator(database, 0);
  while ((await integrator.step())?.entries !== 0);
}

function witnessingOf(database: Database, policy: string): Witnessing {
  const reader = new LogReader(database);
  const parsed = witnessPolicy(policy, signer.vkey);
  const checkpoints = new CheckpointService(database, reader, signer, asksNothing(parsed));
  const witnessing = new Witnessing(database, reader, checkpoints, 0, parsed, 500);
  open.push(witnessing);
  return witnessing;
}

/** Rounds until the report is as asked. */
async function until(
  witnessing: Witnessing,
  what: string,
  look: (report: WitnessingReport) => boolean | Promise<boolean>,
): Promise<WitnessingReport> {
  return eventually(what, async () => {
    const report = await witnessing.round();
    return report !== null && (await look(report)) ? report : null;
  });
}

const publishedAt = (size: number) => (report: WitnessingReport) => report.published === size;
const stateOf = ({ witnesses: all }: WitnessingReport, name: string) => all.find(({ witness }) => witness === name);

/** What a witness answers to a request, given the line that an honest one would send. Null closes the connection. */
type Answer = (body: string, line: string) => { status: number; type?: string; body: string } | null;
const cosigns: Answer = (_, line) => ({ status: 200, body: line });

/** A witness that answers as it is told, after a while. */
async function hostile(answer: Answer, name = 'liar', ms = 0): Promise<{ line: string }> {
  const cosigner = ed25519Cosigner(name, new Uint8Array(32).fill(name.length), seconds);
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      await delay(ms);
      const given = answer(body, cosignatureLines(textIn(body), [cosigner]));
      if (given === null) return request.socket.destroy();
      response.writeHead(given.status, { 'content-type': given.type ?? 'text/plain' }).end(given.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { line: `witness ${name} ${formatVerifierKey(cosigner.key)} ${url}` };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
const textIn = (body: string): string => parseNote(body.slice(body.indexOf('\n\n') + 2)).text;

describe('a log with witnesses', () => {
  it('publishes what the quorum cosigned, with every cosignature, at one size after another', async () => {
    const { database } = await postgres.database();
    const all = [await newWitness('w1'), await newWitness('w2', ['--ml-dsa']), await newWitness('w3')];
    const policy = policyOf(
      all.map(({ line }) => line),
      '2',
    );
    const witnessing = witnessingOf(database, policy);
    await until(witnessing, 'the empty log', ({ signed, published }) => signed === 0 && published === 0);
    for (const size of [1, 300, 1000]) {
      await grow(database, size - ((await latestCheckpoint(database, 0))?.size ?? 0));
      await until(witnessing, `${size} published`, publishedAt(size));
    }
    const published = await eventually('the late ones', async () => {
      await witnessing.round();
      const newest = await latestPublished(database, 0);
      return newest?.cosignatures.length === 3 && newest;
    });
    const trust = witnessPolicy(policy, signer.vkey).published;
    expect(trust).not.toContain('http');
    const result = checkCheckpoint(parsePolicy(trust), cosignedNote(published));
    expect(result).toMatchObject({ quorumMet: true, checkpoint: { size: 1000 } });
    expect(result.witnesses.map(({ name }) => name).sort()).toEqual(['w1', 'w2', 'w3']);
  });

  it('publishes nothing while the quorum is missing, then the newest, without a backlog', async () => {
    const { database } = await postgres.database();
    const [up, down] = [await newWitness('w1'), await newWitness('w2')];
    const witnessing = witnessingOf(database, policyOf([up.line, down.line], 'all'));
    await grow(database, 10);
    await until(witnessing, '10 published', publishedAt(10));
    await down.kill();
    await grow(database, 10);
    await until(witnessing, 'the failure', (report) => stateOf(report, 'w2')?.problem === 'WITNESS_UNREACHABLE');
    for (let i = 0; i < 5; i++) {
      await grow(database, 10);
      await until(witnessing, 'a signature', async ({ signed }) => signed === 30 + i * 10);
    }
    expect((await latestPublished(database, 0))?.size).toBe(10);
    const waiting = (await witnessing.round())!;
    expect([waiting.halted, waiting.waitingMs > 0]).toEqual([false, true]);
    await down.start();
    const healed = await until(witnessing, '70 published', publishedAt(70));
    expect([stateOf(healed, 'w2')?.problem, healed.waitingMs]).toEqual([null, 0]);
    const rows = await database.query<{ size: number }>(
      'test-cosigned',
      `select size from cosignature where name = 'w2'`,
    );
    expect(rows.length).toBeLessThan(5);
  });

  it('goes on with the others where one witness is down for good', async () => {
    const { database } = await postgres.database();
    const all = [await newWitness('w1'), await newWitness('w2'), await newWitness('w3')];
    const witnessing = witnessingOf(
      database,
      policyOf(
        all.map(({ line }) => line),
        '2',
      ),
    );
    await all[2]!.kill();
    for (const size of [5, 10, 15]) {
      await grow(database, 5);
      await until(witnessing, `${size} published`, publishedAt(size));
    }
  });

  it('goes on after a restart from what the witnesses have', async () => {
    const { database, another } = await postgres.database();
    const witness = await newWitness('w1');
    const policy = policyOf([witness.line], '1');
    const before = witnessingOf(database, policy);
    await grow(database, 300);
    await until(before, '300 published', publishedAt(300));
    await before.close();
    await grow(database, 300);
    const after = witnessingOf(another(), policy);
    await until(after, '600 published', publishedAt(600));
  });

  it('lets one process at a time ask', async () => {
    const { database, another } = await postgres.database();
    const witness = await newWitness('w1');
    const policy = policyOf([witness.line], '1');
    const first = witnessingOf(database, policy);
    const second = witnessingOf(another(), policy);
    await grow(database, 3);
    await until(first, '3 published', publishedAt(3));
    expect(await second.round()).toBeNull();
    await first.close();
    await grow(database, 3);
    await until(second, '6 published', publishedAt(6));
  });

  it('publishes after all where the database failed it in the middle, though the log rests', async () => {
    const { database } = await postgres.database();
    const { line } = await hostile(cosigns);
    let failures = 0;
    const failing = new Proxy(database, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'execute') return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
        return async (...call: Parameters<Database['execute']>) => {
          if (call[0] === 'transparency-publish' && call[2]?.[1] === 5 && failures++ === 0) throw new Error('gone');
          return target.execute(...call);
        };
      },
    });
    const witnessing = witnessingOf(failing, policyOf([line], 'all'));
    await grow(database, 5);
    await until(witnessing, '5 published', publishedAt(5));
    expect(failures).toBeGreaterThan(1);
  });

  it('signs nothing after another process was at work because of an answer to an older question', async () => {
    const { database } = await postgres.database();
    const quick = await hostile(cosigns, 'quick');
    const slow = await hostile(cosigns, 'slow', 300);
    const witnessing = witnessingOf(database, policyOf([quick.line, slow.line], '1'));
    await grow(database, 5);
    await until(witnessing, '5 published', publishedAt(5));
    const both = async () => (await latestPublished(database, 0))?.cosignatures.length === 2;
    await until(witnessing, 'both cosigned', both);
    await grow(database, 5);
    await until(witnessing, '10 published', publishedAt(10));
    await database.execute('test-lease', `update lease set holder = gen_random_uuid(), until = now() + interval '1 h'`);
    expect(await witnessing.round()).toBeNull();
    await eventually('the slow one has answered', both);
    await delay(50);
    await database.execute('test-no-lease', `update lease set until = now() - interval '1 s'`);
    await grow(database, 5);
    expect(await witnessing.round()).toMatchObject({ signed: 10 });
  });

  it('signs and publishes nothing more where a witness knows more than a restored database', async () => {
    const { database, thief, another } = await postgres.database();
    const all = [await newWitness('w1'), await newWitness('w2')];
    const policy = policyOf(
      all.map(({ line }) => line),
      '1',
    );
    const before = witnessingOf(database, policy);
    await grow(database, 10);
    await until(before, 'all cosigned 10', ({ witnesses: states }) => states.every(({ size }) => size === 10));
    await grow(database, 10);
    await until(before, '20 published', publishedAt(20));
    await before.close();
    await thief.query('set session_replication_role = replica');
    await thief.query('delete from cosignature where size > 10; delete from publication where size > 10');
    await thief.query('delete from checkpoint where size > 10');

    const after = witnessingOf(another(), policy);
    const report = await until(after, 'the alarm', ({ halted }) => halted);
    expect(report.witnesses.some(({ problem }) => problem === 'WITNESS_AHEAD')).toBe(true);
    for (let i = 0; i < 10; i++) expect((await after.round())?.halted).toBe(true);
    expect((await latestCheckpoint(database, 0))?.size).toBe(10);
    expect((await latestPublished(database, 0))?.size).toBe(10);
    const lines: string[] = [];
    const alarm = new WitnessAlarm({ info: () => undefined, warn: () => undefined, error: note(lines) });
    alarm.tell(report);
    alarm.tell(report);
    expect(lines.filter((line) => line.includes('LOG_CONTRADICTED'))).toHaveLength(1);
  });

  it('notices that the database went back while it was at work', async () => {
    const { database, thief } = await postgres.database();
    const witness = await newWitness('w1');
    const witnessing = witnessingOf(database, policyOf([witness.line], '1'));
    await grow(database, 10);
    await until(witnessing, '10 published', publishedAt(10));
    await grow(database, 10);
    await until(witnessing, '20 published', publishedAt(20));
    await thief.query('set session_replication_role = replica');
    await thief.query('delete from cosignature where size > 10; delete from publication where size > 10');
    await thief.query('delete from checkpoint where size > 10');
    await until(witnessing, 'the alarm', ({ halted }) => halted);
    expect((await latestCheckpoint(database, 0))?.size).toBe(10);
  });

  it('publishes although witnesses are slow, each in its way, and the log grows all the time', async () => {
    const { database } = await postgres.database();
    const slow = [await hostile(cosigns, 'slow', 130), await hostile(cosigns, 'slower', 210)];
    const witnessing = witnessingOf(
      database,
      policyOf(
        slow.map(({ line }) => line),
        'all',
      ),
    );
    const seen = new Set<number>();
    for (let grown = 0; seen.size < 4 && grown < 400; grown++) {
      await grow(database, 1);
      seen.add((await witnessing.round())?.published ?? 0);
    }
    expect(seen.size).toBe(4);
  });

  it('begins with a witness that refuses to cosign an empty log', async () => {
    const { database } = await postgres.database();
    const witness = await hostile((body, line) =>
      textIn(body).split('\n')[1] === '0' ? { status: 400, body: 'empty' } : { status: 200, body: line },
    );
    const witnessing = witnessingOf(database, policyOf([witness.line], '1'));
    await grow(database, 4);
    await until(witnessing, '4 published', publishedAt(4));
  });

  it('publishes at once where no quorum is asked for, and adds the cosignatures as they come', async () => {
    const { database } = await postgres.database();
    const witness = await newWitness('w1');
    const witnessing = witnessingOf(database, `${witness.line}\nquorum none\n`);
    await grow(database, 4);
    await until(witnessing, '4 published', publishedAt(4));
    await until(
      witnessing,
      'the cosignature',
      async () => (await latestPublished(database, 0))?.cosignatures.length === 1,
    );
  });

  it('signs nothing more where a witness cosigned another history of the same size', async () => {
    const { database } = await postgres.database();
    const { database: other } = await postgres.database();
    const witness = await newWitness('w1');
    const policy = policyOf([witness.line], '1');
    const first = witnessingOf(database, policy);
    await grow(database, 10);
    await until(first, '10 published', publishedAt(10));
    await first.close();
    await rewritten(other);
    const second = witnessingOf(other, policy);
    const report = await until(second, 'the alarm', ({ halted }) => halted);
    expect(report.witnesses[0]).toMatchObject({ problem: 'WITNESS_FORK' });
    expect(await latestPublished(other, 0)).toBeNull();
  });
});

/** As many entries, of which the last is another, as after a database was rolled back and filled anew. */
async function rewritten(database: Database): Promise<void> {
  await append(database, 9);
  await database.transaction(async (tx) => {
    await tx.execute('test-one-more', 'update log set size = size + 1 where number = 0');
    const text = `insert into log_entry (position, entry) values (9, decode('01' || repeat('ee', 32), 'hex'))`;
    await tx.execute('test-entry', text);
  });
  const integrator = new Integrator(database, 0);
  while ((await integrator.step())?.entries !== 0);
  await new CheckpointService(database, new LogReader(database), signer, false).sign(0);
}

const note =
  (lines: string[]) =>
  (facts: unknown, message?: unknown): void =>
    void lines.push(`${JSON.stringify(facts)} ${String(message)}`);

describe('a witness that lies', () => {
  const cases: [string, string, Answer][] = [
    ['another key', 'WITNESS_SIGNATURE', (body) => ({ status: 200, body: foreignLine(body, 'liar', 9) })],
    ['another name', 'WITNESS_SIGNATURE', (body) => ({ status: 200, body: foreignLine(body, 'somebody', 4) })],
    ['a broken signature', 'WITNESS_SIGNATURE', (_, line) => ({ status: 200, body: broken(line) })],
    ['words', 'WITNESS_ANSWER', () => ({ status: 200, body: 'Yes, of course.\n' })],
    ['nothing', 'WITNESS_ANSWER', () => ({ status: 200, body: '' })],
    ['a body without end', 'WITNESS_UNREACHABLE', () => ({ status: 200, body: 'x'.repeat(70_000) })],
    ['a redirect', 'WITNESS_UNREACHABLE', () => ({ status: 307, body: '' })],
    ['a refusal', 'WITNESS_REFUSED', () => ({ status: 403, body: 'no' })],
    ['a closed connection', 'WITNESS_UNREACHABLE', () => null],
    ['sizes that are none', 'WITNESS_ANSWER', () => ({ status: 409, type: 'text/x.tlog.size', body: '-1\n' })],
    ['sizes that keep changing', 'WITNESS_ANSWER', changingSizes()],
  ];
  it.each(cases)('with %s is named %s, and does not count', async (_what, problem, answer) => {
    const { database } = await postgres.database();
    const liar = await hostile(answer);
    await grow(database, 20);
    await new CheckpointService(database, new LogReader(database), signer, false).sign(0);
    const witnessing = witnessingOf(database, policyOf([liar.line], '1'));
    const report = await until(witnessing, 'the problem', ({ witnesses: [state] }) => state?.problem != null);
    expect(report.witnesses[0]).toMatchObject({ witness: 'liar', problem });
    expect(await latestPublished(database, 0)).toBeNull();
    expect(await database.query('test-none', 'select from cosignature')).toEqual([]);
  });

  it('about its size later on is left out, and the quorum of the others decides', async () => {
    const { database } = await postgres.database();
    const good = [await newWitness('w1'), await newWitness('w2')];
    let lies = false;
    const liar = await hostile((_, line) =>
      lies ? { status: 409, type: 'text/x.tlog.size', body: '1000000\n' } : { status: 200, body: line },
    );
    const witnessing = witnessingOf(database, policyOf([...good.map(({ line }) => line), liar.line], '2'));
    await grow(database, 5);
    await until(witnessing, '5 published', publishedAt(5));
    lies = true;
    await grow(database, 5);
    await until(witnessing, 'the lie', (report) => stateOf(report, 'liar')?.problem === 'WITNESS_AHEAD');
    await grow(database, 5);
    const report = await until(witnessing, '15 published', publishedAt(15));
    expect(report.halted).toBe(false);
  });
});

const foreignLine = (body: string, name: string, seed: number): string =>
  cosignatureLines(textIn(body), [ed25519Cosigner(name, new Uint8Array(32).fill(seed), seconds)]);

function broken(line: string): string {
  const [dash, name, encoded] = line.trim().split(' ') as [string, string, string];
  const bytes = Buffer.from(encoded, 'base64');
  bytes[40]! ^= 1;
  return `${dash} ${name} ${bytes.toString('base64')}\n`;
}

function changingSizes() {
  let size = 0;
  return () => ({ status: 409, type: 'text/x.tlog.size', body: `${(size++ % 10) + 1}\n` });
}
