import { Database } from '../../src/platform/database/database.js';
import { isConnectionLoss, isUniqueViolation, sqlState } from '../../src/platform/database/errors.js';
import { Prisma } from '../../src/platform/database/prisma.js';
import { startApp, type TestApp } from '../support/start-app.js';

const clinic = { gln: '6166000000017', name: 'Moyo', role: 'clinic', country: 'KE' };
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('Prisma’s client', () => {
  let app: TestApp;
  let prisma: Prisma;

  beforeAll(async () => {
    app = await startApp();
    prisma = app.get(Prisma);
  });
  afterAll(() => app.close());

  it('works in the server’s own role', async () => {
    const rows = await prisma.$queryRaw`select current_user::text as user`;
    expect(rows).toEqual([{ user: 'halisi_server' }]);
    const refused = await failureOf(prisma.event.deleteMany());
    expect(sqlState(refused)).toBe('42501');
  });

  it('fails with what the database said: a unique key, an own code, a check', async () => {
    const { id } = await prisma.organisation.create({ data: clinic });
    const taken = await failureOf(prisma.organisation.create({ data: clinic }));
    expect(isUniqueViolation(taken)).toBe(true);
    expect(isUniqueViolation(taken, 'organisation_gln_key')).toBe(true);
    expect(isUniqueViolation(taken, 'person_email_key')).toBe(false);
    await prisma.companyPrefix.create({ data: { prefix: '6166001', organisationId: id } });
    const overlap = await failureOf(prisma.companyPrefix.create({ data: { prefix: '61660', organisationId: id } }));
    expect([sqlState(overlap), isUniqueViolation(overlap)]).toEqual(['HL002', false]);
    const check = await failureOf(prisma.organisation.create({ data: { ...clinic, gln: 'x' } }));
    expect([sqlState(check), isConnectionLoss(check)]).toEqual(['23514', false]);
  });

  it('leaves nothing of a transaction that throws', async () => {
    const data = { ...clinic, gln: '6166000000024' };
    const work = prisma.$transaction(async (tx) => {
      await tx.organisation.create({ data });
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await prisma.organisation.findUnique({ where: { gln: data.gln } })).toBeNull();
  });

  it.each(['a statement', 'the commit'])('says that the connection is lost where it breaks before %s', async (when) => {
    const work = prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await app.database.query('test_kill', 'select pg_terminate_backend($1, 5000)', [row!.pid]);
      if (when === 'a statement') await tx.organisation.findMany();
    });
    expect(isConnectionLoss(await failureOf(work))).toBe(true);
    expect(await prisma.organisation.count()).toBeGreaterThan(0);
  });

  it('says so where nobody answers, and where the pool has ended', async () => {
    const access = { host: '127.0.0.1', port: 1, user: 'x', database: 'x', password: 'x' };
    const nowhere = new Database({ access, poolSize: 1 });
    const lost = new Prisma(nowhere);
    const ask = () => [lost.organisation.count(), lost.$transaction((tx) => tx.organisation.count())];
    const refused = await Promise.all(ask().map(failureOf));
    await nowhere.close();
    const ended = await Promise.all(ask().map(failureOf));
    expect([...refused, ...ended].map(isConnectionLoss)).toEqual([true, true, true, true]);
  });
});
