import { isAlive } from '../../src/platform/embedded/process.js';
import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';

async function readyWord(server: ServerProcess): Promise<string> {
  return ((await (await server.rest('/health/ready')).json()) as { status: string }).status;
}

async function inDatabase<T>(server: ServerProcess, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(server.superuser);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('a server with embedded parts', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start();
    await inDatabase(server, (client) => client.query('create table kept as select 42 as answer'));
  }, 120_000);
  afterAll(() => server.remove());

  const answer = () =>
    inDatabase(
      server,
      async (client) => (await client.query<{ answer: number }>('select answer from kept')).rows[0]?.answer,
    );
  const block = async () => {
    const { log } = await server.ask<{ log: { chains: { contract: string }[] } }>('{ log { chains { contract } } }');
    return log.chains[0]?.contract;
  };

  it('keeps all data over a stop in order and a start, at the same addresses', async () => {
    const contract = await block();
    const [postgres, chain] = [server.postgresPid, server.chainPid];
    expect(await server.end('SIGTERM')).toBe(0);
    expect(isAlive(postgres)).toBe(false);
    expect(isAlive(chain)).toBe(false);
    server = await ServerProcess.start({ home: server.home });
    expect(await answer()).toBe(42);
    expect(await block()).toBe(contract);
  });

  it('adopts what a killed server left running', async () => {
    const [postgres, chain] = [server.postgresPid, server.chainPid];
    await server.end('SIGKILL');
    server = await ServerProcess.start({ home: server.home });
    expect([server.postgresPid, server.chainPid]).toEqual([postgres, chain]);
    expect(await answer()).toBe(42);
  });

  it('starts PostgreSQL again when it is killed, and answers UNAVAILABLE meanwhile, never a fault', async () => {
    const before = server.postgresPid;
    process.kill(before, 'SIGKILL');
    const words = new Set<string>();
    await eventually('PostgreSQL is back', async () => {
      words.add(await readyWord(server));
      return server.postgresPid !== before && (await readyWord(server)) === 'ok';
    });
    expect([...words]).toEqual(expect.arrayContaining(['unavailable']));
    expect(await answer()).toBe(42);
  });

  it('starts the chain again when it is killed', async () => {
    const before = server.chainPid;
    process.kill(before, 'SIGKILL');
    await eventually('the chain is back', async () => {
      const health = (await (await server.rest('/health/ready')).json()) as { chain: string };
      return server.chainPid !== before && health.chain === 'ok';
    });
  });

  it('comes back when server and PostgreSQL are killed together', async () => {
    process.kill(server.postgresPid, 'SIGKILL');
    await server.end('SIGKILL');
    server = await ServerProcess.start({ home: server.home });
    expect(await answer()).toBe(42);
  });

  it('lets a second process use the same home, and take over when the first is killed', async () => {
    const second = await ServerProcess.start({ home: server.home });
    try {
      const postgres = server.postgresPid;
      await server.end('SIGKILL');
      process.kill(postgres, 'SIGKILL');
      await eventually('the second process starts PostgreSQL', async () => {
        return second.postgresPid !== postgres && (await readyWord(second)) === 'ok';
      });
    } finally {
      server = second;
    }
    expect(await answer()).toBe(42);
  });

  it('lets a guest stop without ending what the owner uses', async () => {
    const guest = await ServerProcess.start({ home: server.home });
    expect(await guest.end('SIGTERM')).toBe(0);
    expect(await readyWord(server)).toBe('ok');
  });
});

it('refuses to start with a list of everything that is wrong, and shows no secret', () => {
  const env = {
    PATH: process.env['PATH'],
    PORT: 'http',
    HALISI_ROLE: 'king',
    CHAIN_RPC_URL: 'http://localhost:1',
    CHAIN_PRIVATE_KEY: 'hush',
  };
  const { status, stderr } = spawnSync(process.execPath, ['dist/src/main.js'], { env, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('PORT: expected a TCP port, 0 for any free one, 0 to 65535; got "http"');
  expect(stderr).toContain('HALISI_ROLE: expected one of all, api, worker; got "king"');
  expect(stderr).toContain('CHAIN_PRIVATE_KEY: expected a private key');
  expect(stderr).not.toContain('hush');
});
