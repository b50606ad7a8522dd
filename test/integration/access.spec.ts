import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { demoNetwork } from '../../prisma/demo/network.js';
import { seal, unseal } from '../../src/access/secrets.js';
import { AccessTrail } from '../../src/access/access-trail.js';
import { Tokens } from '../../src/access/tokens.js';
import { sqlState } from '../../src/platform/database/errors.js';
import { testHome } from '../support/shared-servers.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('what is sealed', () => {
  const key = Buffer.alloc(32, 1);

  it('opens with its key and in its context alone, and not when a bit has changed', () => {
    const sealed = seal(key, Buffer.from('private'), 'kid-1');
    expect(unseal(key, sealed, 'kid-1')?.toString()).toBe('private');
    expect(unseal(key, sealed, 'kid-2')).toBeUndefined();
    expect(unseal(Buffer.alloc(32, 2), sealed, 'kid-1')).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(unseal(key, changed, 'kid-1')).toBeUndefined();
    }
    expect(unseal(key, Buffer.alloc(0), 'kid-1')).toBeUndefined();
  });
});

describe('two processes with homes of their own on one database', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    other = await startApp({
      demo: true,
      beside: app,
      env: { HALISI_ROLE: 'api', HALISI_HOME: mkdtempSync(join(testHome(), 'app-')) },
    });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;

  it('sign with keys of their own and take one another’s tokens', async () => {
    const [one, two] = await Promise.all([app, other].map((server) => tokenOf(server, 'viewer@kibera.example')));
    expect(kidOf(one!)).not.toBe(kidOf(two!));
    for (const server of [app, other]) {
      for (const token of [one!, two!]) await server.ask('{ me { roles } }', {}, token);
    }
  });

  it('keep no private key in the clear', async () => {
    const rows = await app.database.query<{ sealed: Buffer; jwk: object }>(
      'keys',
      'select private_sealed as sealed, public_jwk as jwk from signing_key',
    );
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const { jwk, sealed } of rows) {
      expect(jwk).not.toHaveProperty('d');
      // The identifier of P-256, which every PKCS #8 file of such a key holds.
      expect(sealed.includes(Buffer.from('2a8648ce3d030107', 'hex'))).toBe(false);
    }
  });

  it('cannot register a prefix that overlaps, whatever code inserts it', async () => {
    const taken = demoNetwork[2]!.companyPrefixes[0]!;
    for (const prefix of [taken.slice(0, 5), `${taken}1`]) {
      const insert = app.database.execute('p', 'insert into company_prefix (prefix, organisation_id) values ($1, 1)', [
        prefix,
      ]);
      await expect(insert.catch((error: unknown) => sqlState(error))).resolves.toBe('HL002');
    }
  });

  it('cannot change or forget an entry of the access trail', async () => {
    const actor = await app.get(Tokens).check(await tokenOf(app, 'viewer@kibera.example'));
    const owner = actor.organisationId + 1;
    const access = { purpose: 'status', operation: 'Query.x', subject: 'y' } as const;
    await app.get(AccessTrail).record({ actor, ownerIds: [owner], ...access });
    for (const sql of [
      `update access_trail set purpose = 'audit'`,
      'delete from access_trail',
      'truncate access_trail',
    ]) {
      await expect(app.database.execute(sql, sql)).rejects.toThrow(/permission denied|append-only/);
    }
  });

  it('answers with a failure when the trail cannot be written', async () => {
    const actor = await app.get(Tokens).check(await tokenOf(app, 'viewer@kibera.example'));
    const access = { purpose: 'status', operation: 'Query.x', subject: 'a\u0000b' } as const;
    await expect(app.get(AccessTrail).record({ actor, ownerIds: [999_999], ...access })).rejects.toThrow();
  });
});
