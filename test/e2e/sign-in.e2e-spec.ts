import { demoPassword } from '../../prisma/demo/network.js';
import { eventually } from '../support/eventually.js';
import { type Session, SIGN_IN, signInAs, tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const REFRESH = `mutation ($token: String!) { refreshSession(refreshToken: $token) { accessToken expiresIn refreshToken } }`;
const ME = '{ me { roles abilities organisation { name role } person { email name } } }';

describe('signing in', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    other = await startApp({ demo: true, beside: app });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const refresh = async (token: string) =>
    (await app.ask<{ refreshSession: Session }>(REFRESH, { token })).refreshSession;

  it('gives a person a short-lived token that says who it is', async () => {
    const session = await signInAs(app, ' Pharmacist@Kibera.example');
    expect(session.expiresIn).toBeLessThanOrEqual(600);
    const { me } = await app.ask(ME, {}, session.accessToken);
    expect(me).toMatchObject({
      roles: ['PHARMACIST'],
      organisation: { name: 'Kibera Health Centre (demo)', role: 'CLINIC' },
      person: { email: 'pharmacist@kibera.example' },
    });
    expect((me as { abilities: string[] }).abilities).toContain('dispense');
  });

  it('refuses a wrong password and an unknown account in the same words', async () => {
    const wrong = await app.refusal(SIGN_IN, { email: 'admin@huye.example', password: 'not the password' });
    const unknown = await app.refusal(SIGN_IN, { email: 'nobody@nowhere.example', password: 'not the password' });
    expect(wrong.extensions.code).toBe('CREDENTIALS_REFUSED');
    expect(unknown.extensions.code).toBe('CREDENTIALS_REFUSED');
    expect(unknown.message).toBe(wrong.message);
  });

  it('rotates the refresh token and ends the session when an old one comes back', async () => {
    const first = await signInAs(app, 'operator@pwani.example');
    const second = await refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    const third = await refresh(second.refreshToken);
    expect((await app.refusal(REFRESH, { token: first.refreshToken })).extensions.code).toBe('REFRESH_TOKEN_REUSED');
    expect((await app.refusal(REFRESH, { token: third.refreshToken })).extensions.code).toBe('REFRESH_TOKEN_INVALID');
    for (const server of [app, other]) {
      const code = await eventually('the access tokens of the session are refused', async () => {
        const answer = await server.graphql(ME, {}, third.accessToken);
        return answer.errors?.[0]?.extensions;
      });
      expect(code).toMatchObject({ code: 'UNAUTHENTICATED', details: { reason: 'ended' } });
    }
  });

  it('lets exactly one of two use the same refresh token at the same moment', async () => {
    const { refreshToken } = await signInAs(app, 'operator@ziwa.example');
    const answers = await Promise.all([app, other, app, other].map((s) => s.graphql(REFRESH, { token: refreshToken })));
    expect(answers.filter((each) => each.errors === undefined)).toHaveLength(1);
  });

  it('refuses a refresh token that was never given', async () => {
    expect((await app.refusal(REFRESH, { token: 'made-up' })).extensions.code).toBe('REFRESH_TOKEN_INVALID');
  });

  it('ends a session at once, in every process', async () => {
    const session = await signInAs(app, 'admin@pwani.example');
    await other.ask(ME, {}, session.accessToken);
    expect(await app.ask('mutation { signOut }', {}, session.accessToken)).toEqual({ signOut: true });
    const code = await eventually('the other process refuses', async () => {
      return (await other.graphql(ME, {}, session.accessToken)).errors?.[0]?.extensions.code;
    });
    expect(code).toBe('UNAUTHENTICATED');
    expect((await app.refusal(REFRESH, { token: session.refreshToken })).extensions.code).toBe('REFRESH_TOKEN_INVALID');
  });

  it('makes an address wait after five wrong passwords for one account, whichever process it asks', async () => {
    const email = 'admin@bagamoyo.example';
    for (let attempt = 0; attempt < 5; attempt++) {
      const server = attempt % 2 === 0 ? app : other;
      const refused = await server.refusal(SIGN_IN, { email, password: 'not the password' });
      expect(refused.extensions.code).toBe('CREDENTIALS_REFUSED');
    }
    const waits = await other.refusal(SIGN_IN, { email, password: demoPassword });
    expect(waits.extensions.code).toBe('RATE_LIMITED');
    expect(waits.extensions.details?.['retryAfter']).toBeGreaterThan(0);
    expect(await tokenOf(app, 'pharmacist@bagamoyo.example')).toBeTruthy();
  });

  it('forgets wrong passwords after a right one', async () => {
    const email = 'admin@ziwa.example';
    for (let round = 0; round < 2; round++) {
      for (let attempt = 0; attempt < 3; attempt++) {
        await app.refusal(SIGN_IN, { email, password: 'not the password' });
      }
      expect(await tokenOf(app, email)).toBeTruthy();
    }
  });

  it('changes a password and ends the other sessions of the person', async () => {
    const stays = await signInAs(app, 'inspector@authority.example');
    const goes = await signInAs(app, 'inspector@authority.example');
    const CHANGE = `mutation ($current: String!, $next: String!) { changePassword(currentPassword: $current, newPassword: $next) }`;
    const wrong = await app.refusal(
      CHANGE,
      { current: 'not the password', next: 'long enough now' },
      stays.accessToken,
    );
    expect(wrong.extensions.code).toBe('PASSWORD_WRONG');
    const short = await app.refusal(CHANGE, { current: demoPassword, next: 'short' }, stays.accessToken);
    expect(short.extensions.code).toBe('PASSWORD_REFUSED');
    await app.ask(CHANGE, { current: demoPassword, next: 'long enough now' }, stays.accessToken);
    expect((await app.refusal(REFRESH, { token: goes.refreshToken })).extensions.code).toBe('REFRESH_TOKEN_INVALID');
    await app.ask(REFRESH, { token: stays.refreshToken });
    expect((await signInAs(app, 'inspector@authority.example', 'long enough now')).accessToken).toBeTruthy();
  });
});

describe('machine clients', () => {
  let app: TestApp;
  let admin: string;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    admin = await tokenOf(app, 'admin@pwani.example');
  });
  afterAll(() => app.close());

  interface Registered {
    client: { id: number; clientId: string };
    clientSecret: string;
  }

  const register = async (name: string): Promise<Registered> => {
    const REGISTER = `mutation ($name: String!) {
      registerMachineClient(input: { name: $name, roles: [OPERATOR] }) { client { id clientId } clientSecret }
    }`;
    return (await app.ask<{ registerMachineClient: Registered }>(REGISTER, { name }, admin)).registerMachineClient;
  };
  const post = (body: string, headers: Record<string, string> = {}) =>
    app.rest('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  it('get a token at the OAuth endpoint, by Basic or in the form, and by GraphQL', async () => {
    const { client, clientSecret } = await register('Warehouse system');
    const form = `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${clientSecret}`;
    const answers = [
      await post('grant_type=client_credentials', basic(client.clientId, clientSecret)),
      await post(form),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const body = (await answer.json()) as { access_token: string };
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
      const { me } = await app.ask('{ me { roles person { id } organisation { name } } }', {}, body.access_token);
      expect(me).toMatchObject({
        roles: ['OPERATOR'],
        person: null,
        organisation: { name: 'Pwani Medical Stores (demo)' },
      });
    }
    const TOKEN = `mutation ($id: String!, $secret: String!) { clientToken(clientId: $id, clientSecret: $secret) { accessToken } }`;
    const { clientToken } = await app.ask<{ clientToken: { accessToken: string } }>(TOKEN, {
      id: client.clientId,
      secret: clientSecret,
    });
    expect(clientToken.accessToken).toBeTruthy();
  });

  it.each([
    ['an unknown client', 'grant_type=client_credentials&client_id=x&client_secret=y', 401, 'invalid_client'],
    ['no credentials', 'grant_type=client_credentials', 401, 'invalid_client'],
    ['another grant', 'grant_type=password&username=a&password=b', 400, 'unsupported_grant_type'],
    ['no grant', 'client_id=x', 400, 'invalid_request'],
    ['a repeated parameter', 'grant_type=client_credentials&grant_type=client_credentials', 400, 'invalid_request'],
  ])('are refused as RFC 6749 says for %s', async (_name, body, status, error) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('lose their tokens at once when the secret is renewed or the client disabled', async () => {
    const { client, clientSecret } = await register('Short-lived');
    const token = async (secret: string) => {
      const answer = await post('grant_type=client_credentials', basic(client.clientId, secret));
      return ((await answer.json()) as { access_token?: string }).access_token;
    };
    const old = await token(clientSecret);
    const RENEW = `mutation ($id: Int!) { renewMachineClientSecret(id: $id) { clientSecret } }`;
    const { renewMachineClientSecret: renewed } = await app.ask<{ renewMachineClientSecret: Registered }>(
      RENEW,
      { id: client.id },
      admin,
    );
    expect(await token(clientSecret)).toBeUndefined();
    await eventually('the old token is refused', async () => (await app.graphql(ME, {}, old)).errors !== undefined);
    const next = await token(renewed.clientSecret);
    await app.ask(ME, {}, next);
    await app.ask(`mutation ($id: Int!) { disableMachineClient(id: $id) { disabledAt } }`, { id: client.id }, admin);
    await eventually('the new token is refused', async () => (await app.graphql(ME, {}, next)).errors !== undefined);
    expect(await token(renewed.clientSecret)).toBeUndefined();
  });

  it('of another organisation do not exist', async () => {
    const { client } = await register('Ours');
    const stranger = await tokenOf(app, 'admin@ziwa.example');
    const refused = await app.refusal(
      `mutation ($id: Int!) { disableMachineClient(id: $id) { id } }`,
      { id: client.id },
      stranger,
    );
    expect(refused.extensions.code).toBe('NOT_FOUND');
  });
});
