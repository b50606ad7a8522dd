import { openStateProof } from '../../src/domain/receipt/state-proof.js';
import { chainLogId } from '../../src/domain/tlog/index.js';
import type { ChainOptions } from '../../src/platform/chain/chain.js';
import { kmsSigner } from '../../src/platform/chain/signers/kms-signer.js';
import { localSigner } from '../../src/platform/chain/signers/local-signer.js';
import { AnchorAlarm } from '../../src/transparency/anchor/anchor-alarm.js';
import type { AnchorPolicy } from '../../src/transparency/anchor/anchorer.js';
import { ChainAnchoring, type ChainReport } from '../../src/transparency/anchor/chain-anchoring.js';
import { chainRows } from '../../src/transparency/anchor/chain-status.store.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { FakeKms } from '../support/fake-kms.js';
import type { Anvil } from './anchor-anvil.js';
import { PATIENT, PUBLISHER, type World, Worlds, chainOf, deployOn } from './anchor-world.js';
import { ORIGIN } from './transparency-fixture.js';

const worlds = Worlds.forSpec();
const HOUR = 3_600_000;
let anvil: Anvil;
let world: World;
beforeEach(async () => {
  anvil = await worlds.anvil();
  world = await worlds.world(anvil);
});

interface Overrides {
  readonly policy?: Partial<AnchorPolicy>;
  readonly overdueAfterMs?: number;
  readonly now?: () => number;
}

function anchoring(
  urls: readonly string[],
  chain: Partial<ChainOptions> = {},
  overrides: Overrides = {},
): ChainAnchoring {
  return new ChainAnchoring(world.database, new LogReader(world.database), {
    chain: chainOf(urls, chain),
    policy: { ...PATIENT, ...overrides.policy },
    overdueAfterMs: overrides.overdueAfterMs ?? HOUR,
    log: 0,
    origin: ORIGIN,
    ...(overrides.now && { now: overrides.now }),
  });
}

const finals = () =>
  world.database.query<{ chainId: number; size: number }>(
    'test-finals',
    `select chain_id as "chainId", size from anchor where state = 'finalized' order by chain_id, size`,
  );

describe('several chains at once', () => {
  it('anchors on each by its own rule of finality, and a dead one holds up none', async () => {
    const other = await worlds.anvil(10);
    await deployOn(other, 10);
    const dead = anchoring(['http://127.0.0.1:9'], { name: 'dead', chainId: 99 });
    const first = anchoring([anvil.url], { name: 'first' });
    const second = anchoring([other.url], { name: 'second', chainId: 10, finality: { blocks: 5 } });
    const all = [dead, first, second];
    await world.grow(5);
    for (let i = 0; i < 4; i++) {
      await Promise.all(all.map((each) => each.round()));
      await Promise.all([anvil.mine(1), other.mine(1)]);
    }
    await first.round();
    expect(await finals()).toEqual([{ chainId: 31337, size: 5 }]);
    await other.mine(3);
    const [report] = await Promise.all(all.map((each) => each.round()));
    expect(report).toMatchObject({ chain: 'dead', problem: 'RPC_UNREACHABLE' });
    expect(await finals()).toEqual([
      { chainId: 10, size: 5 },
      { chainId: 31337, size: 5 },
    ]);
    expect(await chainRows(world.database, 0)).toMatchObject([
      { name: 'dead', problem: 'RPC_UNREACHABLE', final: 0, finalizedAt: null },
      { name: 'first', problem: null, final: 5, publisher: PUBLISHER.address.toLowerCase() },
      { name: 'second', chainId: 10, problem: null, final: 5, anchorsLeft: 1_000_000 },
    ]);
  });

  it('is one process at a time on each chain, and the next takes over', async () => {
    const [one, two] = [anchoring([anvil.url]), anchoring([anvil.url])];
    await world.grow(5);
    expect(await one.round()).not.toBeNull();
    expect(await two.round()).toBeNull();
    await one.close();
    await anvil.mine(3);
    await two.round();
    await two.round();
    expect(await finals()).toEqual([{ chainId: 31337, size: 5 }]);
  });
});

describe('the schedule', () => {
  it('is time or entries, whichever comes first, and says when the next anchor is due', async () => {
    let now = Date.now();
    const policy = { intervalMs: HOUR, entries: 100 };
    const one = anchoring([anvil.url], {}, { policy, now: () => now });
    const rounds = async (): Promise<ChainReport> => {
      for (let i = 0; i < 4; i++) {
        await one.round();
        await anvil.mine(1);
      }
      return (await one.round())!;
    };
    await world.grow(5);
    expect((await rounds()).nextDue).toBeNull();
    await world.grow(99);
    const { nextDue } = await rounds();
    expect(nextDue!.getTime() - now).toBeGreaterThan(HOUR - 60_000);
    expect((await finals()).map(({ size }) => size)).toEqual([5]);
    await world.grow(1);
    await rounds();
    expect((await finals()).map(({ size }) => size)).toEqual([5, 105]);
    await world.grow(1);
    now += HOUR + 60_000;
    await rounds();
    expect((await finals()).map(({ size }) => size)).toEqual([5, 105, 106]);
  });
});

describe('the alarm', () => {
  it('is raised when a signed checkpoint does not become final in time, and ends when it does', async () => {
    let now = Date.now();
    const lines: string[] = [];
    const write = (level: string) => (facts: { problem?: string | null }, text: string) =>
      void lines.push(`${level} ${facts.problem ?? '-'} ${text}`);
    const alarm = new AnchorAlarm('test', { info: write('info'), warn: write('warn'), error: write('error') } as never);
    const one = anchoring([anvil.url], {}, { overdueAfterMs: HOUR, now: () => now });
    const round = async () => {
      const report = (await one.round())!;
      alarm.tell(report);
      return report;
    };
    expect(await round()).toMatchObject({ overdue: false });
    await world.grow(5);
    expect(await round()).toMatchObject({ overdue: false, warnings: [] });
    now += HOUR + 60_000;
    for (let i = 0; i < 3; i++) expect(await round()).toMatchObject({ overdue: true, warnings: ['OVERDUE'] });
    expect((await chainRows(world.database, 0))[0]).toMatchObject({ overdue: true, warnings: ['OVERDUE'] });
    await anvil.mine(4);
    await round();
    expect(await round()).toMatchObject({ overdue: false, finalSize: 5 });
    expect(lines).toEqual([
      expect.stringMatching(/^error OVERDUE Anchoring is overdue/),
      expect.stringMatching(/^info OVERDUE No longer/),
    ]);
  });

  it('tells of a problem once, and of a node that stutters only when it goes on', async () => {
    const lines: string[] = [];
    const write = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`);
    const alarm = new AnchorAlarm('test', { info: write('info'), warn: write('warn'), error: write('error') } as never);
    const report = (problem: ChainReport['problem']): ChainReport =>
      ({ problem, detail: 'why', warnings: [], complaints: [], latestSize: 0, finalSize: 0 }) as unknown as ChainReport;
    const told = [
      null,
      'RPC_UNREACHABLE',
      null,
      'FEE_CAP',
      'FEE_CAP',
      null,
      'RPC_DISAGREES',
      'RPC_DISAGREES',
      null,
    ] as const;
    for (const problem of told) alarm.tell(report(problem));
    expect(lines).toEqual([
      'error Anchoring is stopped: why',
      'info Anchoring goes on.',
      'error Anchoring is stopped: why',
      'info Anchoring goes on.',
    ]);
  });

  it('says that the wallet pays for few anchors more', async () => {
    await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0x1c6bf52634000']);
    await world.grow(5);
    const report = (await anchoring([anvil.url]).round())!;
    expect(report.warnings).toEqual(['WALLET_LOW']);
    expect(report.anchorsLeft).toBeLessThan(10);
  });
});

describe('a key in a key service', () => {
  it('anchors, is waited for while it is not there, and signs nothing twice', async () => {
    const kms = new FakeKms();
    await anvil.rpc('anvil_setBalance', [localSigner(kms.privateKey).address, '0xde0b6b3a7640000']);
    const one = anchoring([anvil.url], { signer: () => kmsSigner(kms) });
    await world.grow(5);
    kms.failing = 1;
    expect(await one.round()).toMatchObject({ problem: 'SIGNER_UNAVAILABLE' });
    kms.failing = 0;
    await one.open();
    kms.failing = 1;
    expect(await one.round()).toMatchObject({ problem: 'SIGNER_UNAVAILABLE' });
    for (let size = 5; size < 60; size += 5) {
      for (let i = 0; i < 2; i++) {
        expect(await one.round()).toMatchObject({ problem: null });
        await anvil.mine(2);
      }
      await world.grow(5);
    }
    await one.round();
    expect((await finals()).length).toBeGreaterThan(8);
    expect(kms.highS).toBeGreaterThan(0);
    expect((await world.rows()).every(({ attempts }) => attempts <= 1)).toBe(true);
  });
});

describe('a state proof', () => {
  it('is stored when an anchor becomes final, and leads from its block to its head', async () => {
    const one = anchoring([anvil.url]);
    for (const count of [5, 300]) {
      await world.grow(count);
      for (let i = 0; i < 4; i++) {
        await one.round();
        await anvil.mine(1);
      }
      await one.round();
    }
    const rows = await world.database.query<{
      header: Buffer;
      account: Buffer[];
      root: Buffer[];
      sizes: Buffer[];
      hash: string;
      contract: string;
      size: number;
    }>(
      'test-states',
      `select s.header, s.account, s.root, s.size as sizes, a.block_hash as hash, a.contract, a.size
       from anchor_state s join anchor a on a.id = s.anchor_id order by a.id`,
    );
    expect(rows.map(({ size }) => size)).toEqual([5, 305]);
    const logId = chainLogId(PUBLISHER.address, ORIGIN);
    for (const { header, account, root, sizes, hash, contract, size } of rows) {
      const state = openStateProof({ header, account, root, size: sizes }, contract, logId);
      expect(state).toMatchObject({ blockHash: hash, head: { size } });
    }
  });

  it('may be missing where no node gives one', async () => {
    const without = new Proxy(world.chain, {
      get(target, name) {
        if (name === 'stateProof') return () => Promise.reject(new Error('the method eth_getProof does not exist'));
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
      },
    });
    const one = world.anchorer({}, without);
    await world.grow(5);
    for (let i = 0; i < 4; i++) {
      expect(await one.round()).toMatchObject({ problem: null });
      await anvil.mine(1);
    }
    await one.round();
    expect(await finals()).toHaveLength(1);
    expect(await world.database.query('test-no-state', 'select from anchor_state')).toEqual([]);
  });
});
