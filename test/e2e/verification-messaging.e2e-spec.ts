import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { checkDigit } from '../../src/domain/gs1/check-digit.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { credentialOf, presentationOf, testKeys } from '../support/trading-partner.js';

const gtinOf = (body: string): string => body + checkDigit(body);
/** A product that only the maker's system knows, and one whose maker has a system of another make. */
const GTIN = gtinOf('0952100100555');
const FOREIGN = gtinOf('0950600013555');
const LOT = 'VM/7';
const PWANI = '9522001000007';
const KIBERA = '9523001000004';
const EXP = '290630';
const SITE = '9521001001014';

const issuer = testKeys('issuer-1');
const holder = testKeys('holder-1');
const stranger = testKeys('issuer-1');
const other = testKeys('other-1');

/** Where the pack was made. */
let maker: TestApp;
/** Where the pack is now. */
let asker: TestApp;
let folder: string;
let kilimani: string;

interface Message {
  readonly responderGLN: string;
  readonly data: {
    readonly verified: boolean;
    readonly verificationFailureReason?: string;
    readonly additionalInfo?: string;
  };
  readonly corrUUID: string;
}

const credentials = (gln: string): Record<string, string> => ({
  atpauthorization: `Bearer ${credentialOf(issuer, { gln })}`,
});

function verifyUrl(serial: string, changes: Record<string, string> = {}, lot = LOT, gtin = GTIN): string {
  const query = new URLSearchParams({
    ...{
      exp: EXP,
      linkType: 'verificationService',
      context: 'dscsaSaleableReturn',
      reqGLN: PWANI,
      corrUUID: randomUUID(),
    },
    ...changes,
  });
  return `/verify/gtin/${gtin}/lot/${encodeURIComponent(lot)}/ser/${encodeURIComponent(serial)}?${query.toString()}`;
}

async function dataOf(path: string): Promise<Message['data']> {
  const answer = await maker.rest(path, { headers: credentials(PWANI) });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as Message).data;
}

async function refusalOf(path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const answer = await maker.rest(path, { headers });
  return [answer.status, ((await answer.json()) as { code: string }).code];
}

/** What others call a server must be known before it starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halisi-messaging-'));
  const issuers = { issuers: [{ issuer: 'did:web:issuer.example', jwks: { keys: [issuer.publicJwk] } }] };
  await writeFile(join(folder, 'issuers.json'), JSON.stringify(issuers));
  const bound = credentialOf(issuer, { gln: KIBERA, holder });
  const own = {
    [PWANI]: { credential: credentialOf(issuer, { gln: PWANI }) },
    [KIBERA]: { credential: bound, key: holder.privateKey.export({ format: 'jwk' }) },
  };
  await writeFile(join(folder, 'own.json'), JSON.stringify(own));
  const port = await freePort();
  const env = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` };
  maker = await startApp({ demo: true, env: { ...env, VERIFICATION_ISSUERS_FILE: join(folder, 'issuers.json') } });
  asker = await startApp({
    demo: true,
    env: {
      VERIFICATION_CREDENTIALS_FILE: join(folder, 'own.json'),
      VERIFICATION_ALLOW_PRIVATE: '1',
      VERIFICATION_TIMEOUT_MS: '400',
    },
  });
  kilimani = await tokenOf(maker, 'operator@kilimani.example');
  await maker.ask(
    `mutation ($product: ProductInput!, $lot: RegisterLotInput!, $packs: CommissionInput!) {
      registerProduct(input: $product) { gtin } registerLot(input: $lot) { number } commission(input: $packs) { duplicate } }`,
    {
      product: { gtin: GTIN, name: 'Kilitest', form: 'tablet', strength: '5 mg', packSize: 10, market: 'KE' },
      lot: { gtin: GTIN, number: LOT, expiry: '2029-06-30', quantity: 10 },
      packs: {
        ...{ gtin: GTIN, lot: LOT, serials: ['VM/1', 'VM2', 'VM3'], site: SITE },
        eventTime: '2026-11-01T08:00:00.000+03:00',
      },
    },
    kilimani,
  );
  await maker.ask(
    'mutation ($input: SuspicionInput!) { reportSuspicion(input: $input) { duplicate } }',
    {
      input: { gtin: GTIN, serial: 'VM3', reason: 'Seal broken.', site: SITE, eventTime: '2026-11-02T08:00:00+03:00' },
    },
    kilimani,
  );
}, 120_000);
afterAll(async () => {
  await Promise.all([maker.close(), asker.close()]);
  await rm(folder, { recursive: true });
});

describe('a responder', () => {
  it('verifies a pack, ties its answer to the question and signs both', async () => {
    const corrUUID = randomUUID();
    const answer = await maker.rest(verifyUrl('VM/1', { corrUUID }), { headers: credentials(PWANI) });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = (await answer.json()) as Message;
    expect(body).toMatchObject({ responderGLN: '9521001000000', data: { verified: true }, corrUUID });
    const payload = jwt.decode(answer.headers.get('verification-signature') ?? '', { json: true });
    expect(payload).toMatchObject({
      aud: PWANI,
      jti: corrUUID,
      response: body,
      request: { gtin: GTIN, ser: 'VM/1', lot: LOT },
    });
  });

  it('tells never seen from seen and different, and what speaks against a pack', async () => {
    const failed = (reason: string) => ({ verified: false, verificationFailureReason: reason });
    expect(await dataOf(verifyUrl('NOBODY'))).toEqual(failed('No_match_GTIN_Serial'));
    expect(await dataOf(verifyUrl('VM2', {}, 'OTHER'))).toEqual(failed('No_match_GTIN_Serial_Lot'));
    expect(await dataOf(verifyUrl('VM2', { exp: '300630' }))).toEqual(failed('No_match_GTIN_Serial_Expiry'));
    expect(await dataOf(verifyUrl('VM2', { exp: '300630' }, 'OTHER'))).toEqual(
      failed('No_match_GTIN_Serial_Lot_Expiry'),
    );
    expect(await dataOf(verifyUrl('VM3', { context: 'dscsaSuspect' }))).toEqual({
      ...failed('Not_for_re-distribution'),
      additionalInfo: 'Suspect',
    });
  });

  it('answers by a token of its own for the GLN of who has it', async () => {
    const pwani = { authorization: `Bearer ${await tokenOf(maker, 'operator@pwani.example')}` };
    expect((await maker.rest(verifyUrl('VM2'), { headers: pwani })).status).toBe(200);
    expect((await maker.rest(verifyUrl('VM2', { reqGLN: '9522001001011' }), { headers: pwani })).status).toBe(200);
    expect(await refusalOf(verifyUrl('VM2', { reqGLN: KIBERA }), pwani)).toEqual([403, 'REQUESTER_GLN_MISMATCH']);
    expect(await refusalOf(verifyUrl('VM2'), { authorization: 'Bearer x' })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('believes credentials of the issuers it knows, of who asks, while they last', async () => {
    const shown = (token: string) => ({ atpauthorization: `Bearer ${token}` });
    const refused = (token: string) => refusalOf(verifyUrl('VM2'), shown(token));
    expect(await refusalOf(verifyUrl('VM2'))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refused('nonsense')).toEqual([403, 'CREDENTIAL_INVALID']);
    expect(await refused(credentialOf(issuer, { gln: KIBERA }))).toEqual([403, 'REQUESTER_GLN_MISMATCH']);
    expect(await refused(credentialOf(issuer, { gln: PWANI, expiresIn: -120 }))).toEqual([403, 'CREDENTIAL_EXPIRED']);
    expect(await refused(credentialOf(stranger, { gln: PWANI }))).toEqual([403, 'CREDENTIAL_INVALID']);
    expect(await refused(credentialOf(other, { gln: PWANI }))).toEqual([403, 'CREDENTIAL_ISSUER_UNKNOWN']);
    expect(await refused(credentialOf(issuer, { gln: PWANI, issuer: 'did:web:x' }))).toEqual([
      403,
      'CREDENTIAL_ISSUER_UNKNOWN',
    ]);
    expect(await refused(credentialOf(issuer, { gln: PWANI, type: 'Diploma' }))).toEqual([403, 'CREDENTIAL_INVALID']);
    const unsigned = jwt.sign(jwt.decode(credentialOf(issuer, { gln: PWANI }), { json: true })!, '', {
      algorithm: 'none',
    });
    expect((await refused(unsigned))[0]).toBe(403);
  });

  it('takes a credential that is bound to a key only from who has the key, and for itself alone', async () => {
    const bound = credentialOf(issuer, { gln: PWANI, holder });
    const status = async (token: string) => refusalOf(verifyUrl('VM2'), { atpauthorization: token });
    expect(await status(bound)).toEqual([403, 'CREDENTIAL_NOT_PRESENTED']);
    expect(await status(presentationOf(bound, other, maker.url))).toEqual([403, 'CREDENTIAL_INVALID']);
    const forOthers = presentationOf(bound, holder, 'https://elsewhere.example');
    expect(await status(forOthers)).toEqual([403, 'CREDENTIAL_INVALID']);
    const pretending = { atpauthorization: forOthers, host: 'elsewhere.example', 'x-forwarded-proto': 'https' };
    expect(await refusalOf(verifyUrl('VM2'), pretending)).toEqual([403, 'CREDENTIAL_INVALID']);
    const presented = { atpauthorization: `Bearer ${presentationOf(bound, holder, maker.url)}` };
    expect((await maker.rest(verifyUrl('VM2'), { headers: presented })).status).toBe(200);
  });

  it('answers for its own makers alone, and refuses what is no question', async () => {
    const ask = (path: string) => refusalOf(path, credentials(PWANI));
    expect(await ask(verifyUrl('A1', {}, LOT, FOREIGN))).toEqual([404, 'GTIN_NOT_FOUND']);
    const byAttribute = verifyUrl('VM2').replace('exp=', '17=');
    expect((await maker.rest(byAttribute, { headers: credentials(PWANI) })).status).toBe(200);
    expect(await ask(verifyUrl('VM2', { exp: '2029-06' }))).toEqual([400, 'EXPIRY_INVALID']);
    expect((await ask(verifyUrl('VM2', { exp: '290231' })))[0]).toBe(400);
    expect(await ask(verifyUrl('VM2', { linkType: 'pip' }))).toEqual([400, 'LINK_TYPE_INVALID']);
    expect(await ask(verifyUrl('VM2', { context: 'curiosity' }))).toEqual([400, 'CONTEXT_UNKNOWN']);
    expect(await ask(verifyUrl('VM2', { corrUUID: '1' }))).toEqual([400, 'CORRELATION_INVALID']);
    expect(await ask(verifyUrl('VM2', { reqGLN: '123' }))).toEqual([400, 'GLN_INVALID']);
    expect(await ask(`/verify/gtin/09521001000018/lot/A/ser/B?exp=${EXP}&reqGLN=${PWANI}`)).toEqual([
      400,
      'GTIN_INVALID',
    ]);
    expect(await ask(verifyUrl('ÄÖ'))).toEqual([400, 'SERIAL_INVALID']);
  });

  it('says whether it would answer', async () => {
    for (const path of ['/checkConnectivity', '/verify/checkConnectivity']) {
      const query = `?gtin=${GTIN}&reqGLN=${PWANI}&context=dscsaSaleableReturn`;
      const answer = await maker.rest(path + query, { headers: credentials(PWANI) });
      expect(await answer.json()).toEqual({ responderGLN: '9521001000000' });
      expect((await maker.rest(path + query)).status).toBe(401);
    }
  });

  it('shows the maker who asked about its packs, and nobody else', async () => {
    const query = `query { verificationRequests(first: 50) { nodes { requesterGln issuer context serial verified failureReason } } }`;
    const asked = async (email: string) => {
      const data = await maker.ask<{ verificationRequests: { nodes: object[] } }>(
        query,
        {},
        await tokenOf(maker, email),
      );
      return data.verificationRequests.nodes;
    };
    expect(await asked('quality@kilimani.example')).toContainEqual({
      ...{ requesterGln: PWANI, issuer: 'did:web:issuer.example', context: 'dscsaSaleableReturn', serial: 'NOBODY' },
      ...{ verified: false, failureReason: 'No_match_GTIN_Serial' },
    });
    expect(await asked('quality@usambara.example')).toEqual([]);
    const trail = await maker.database.query<{ n: number }>(
      'test-trail',
      `select count(*)::int as n from access_trail where operation = 'GET /verify' and subject like '%for GLN ${PWANI}'`,
    );
    expect(trail[0]!.n).toBeGreaterThan(5);
  });
});

const ELSEWHERE = `mutation ($input: ElsewhereInput!) { answer: verifyElsewhere(input: $input) {
  outcome authenticity failureReason additionalInfo responderGln responderUrl status answer signature key } }`;
const REGISTER = 'mutation ($input: ResponderInput!) { entry: registerVerificationResponder(input: $input) { id } }';

interface External {
  readonly outcome: string;
  readonly authenticity: string;
  readonly failureReason: string | null;
  readonly status: number | null;
  readonly signature: string | null;
  readonly key: object | null;
}

async function ask(serial: string, gtin = GTIN, email = 'operator@pwani.example', lot = LOT): Promise<External> {
  const input = { gtin, serial, lot, expiry: '2029-06-30', reason: 'SALEABLE_RETURN' };
  return (await asker.ask<{ answer: External }>(ELSEWHERE, { input }, await tokenOf(asker, email))).answer;
}

async function register(input: Record<string, unknown>): Promise<void> {
  await asker.ask(REGISTER, { input }, await tokenOf(asker, 'admin@authority.example'));
}

describe('a requester, with another installation as the maker’s system', () => {
  it('knows nobody to ask before the directory does', async () => {
    expect(await ask('VM/1')).toMatchObject({ outcome: 'NOT_IN_DIRECTORY', authenticity: 'NONE', status: null });
  });

  it('asks where the directory says, checks the signature, and tells never seen from failed', async () => {
    await register({ companyPrefix: '9521001', baseUrl: maker.url, keysUrl: `${maker.url}/.well-known/jwks.json` });
    const good = await ask('VM/1');
    expect(good).toMatchObject({
      outcome: 'VERIFIED',
      authenticity: 'SIGNED',
      responderGln: '9521001000000',
      status: 200,
    });
    expect(good.signature).toMatch(/^ey/);
    expect(good.key).toMatchObject({ kty: 'EC' });
    expect(await ask('NOBODY')).toMatchObject({ outcome: 'NEVER_SEEN', authenticity: 'SIGNED' });
    expect(await ask('VM2', GTIN, 'operator@pwani.example', 'OTHER')).toMatchObject({
      ...{ outcome: 'FAILED', failureReason: 'No_match_GTIN_Serial_Lot' },
    });
    expect(await ask('VM3')).toMatchObject({ outcome: 'FAILED', additionalInfo: 'Suspect' });
  });

  it('presents a credential that is bound to a key, and is refused without any', async () => {
    expect(await ask('VM2', GTIN, 'pharmacist@kibera.example')).toMatchObject({ outcome: 'VERIFIED' });
    expect(await ask('VM2', GTIN, 'operator@ziwa.example')).toMatchObject({ outcome: 'REFUSED', status: 401 });
  });

  it('keeps the answer as evidence beside its own verdict, for its own organisation', async () => {
    const scan = `https://id.gs1.org/01/${GTIN}/10/${encodeURIComponent(LOT)}/21/VM%2F1?17=${EXP}`;
    const verify = `mutation ($scan: String!, $site: String) { verify(input: { scan: $scan, site: $site }) {
      verdict elsewhere { outcome authenticity } } }`;
    const evidence = async (email: string, site: string) => {
      const data = await asker.ask<{ verify: object }>(verify, { scan, site }, await tokenOf(asker, email));
      return data.verify;
    };
    const verified = { outcome: 'VERIFIED', authenticity: 'SIGNED' };
    expect(await evidence('operator@pwani.example', '9522001001011')).toMatchObject({
      ...{ verdict: 'NOT_RECOGNISED', elsewhere: [verified, { outcome: 'NOT_IN_DIRECTORY' }] },
    });
    expect(await evidence('operator@ziwa.example', '9522002001010')).toMatchObject({ elsewhere: [] });
    expect(await evidence('inspector@authority.example', '9520001001017')).toMatchObject({ elsewhere: [verified, {}] });
  });

  it('asks nobody about what is made here, and needs the whole code', async () => {
    const token = await tokenOf(asker, 'operator@pwani.example');
    const refusal = async (input: object) => (await asker.refusal(ELSEWHERE, { input }, token)).extensions.code;
    const here = { gtin: '09521001000017', serial: 'A', lot: 'B', expiry: '2029-01-31' };
    expect(await refusal(here)).toBe('PACK_IS_HERE');
    expect(await refusal({ ...here, gtin: GTIN, lot: null })).toBe('PACK_NOT_NAMED');
    expect(await refusal({ scan: `01${GTIN}21A` })).toBe('PACK_NOT_NAMED');
  });

  it('goes by the longest prefix, and by a GTIN before any; only a regulator says where', async () => {
    await register({ gtin: GTIN, baseUrl: 'http://127.0.0.1:9/nobody' });
    expect(await ask('VM/1')).toMatchObject({ outcome: 'SILENT', responderUrl: 'http://127.0.0.1:9/nobody' });
    const regulator = await tokenOf(asker, 'admin@authority.example');
    const { list } = await asker.ask<{ list: { nodes: { id: string; gtin: string | null }[] } }>(
      'query { list: verificationResponders(first: 50) { nodes { id gtin } } }',
      {},
      regulator,
    );
    const remove = 'mutation ($id: ID!) { removeVerificationResponder(id: $id) { removedAt } }';
    await asker.ask(remove, { id: list.nodes.find(({ gtin }) => gtin === GTIN)!.id }, regulator);
    expect(await ask('VM/1')).toMatchObject({ outcome: 'VERIFIED' });
    const pwani = await tokenOf(asker, 'operator@pwani.example');
    const entry = { input: { gtin: GTIN, baseUrl: 'https://evil.example' } };
    expect((await asker.refusal(REGISTER, entry, pwani)).extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    [{ baseUrl: 'https://a.example' }, 'RESPONDER_INVALID'],
    [{ gtin: GTIN, companyPrefix: '9521001', baseUrl: 'https://a.example' }, 'RESPONDER_INVALID'],
    [{ gtin: GTIN, baseUrl: 'file:///etc/passwd' }, 'DESTINATION_REFUSED'],
    [{ gtin: GTIN, baseUrl: 'https://a.example', keys: '{}' }, 'RESPONDER_KEYS_INVALID'],
    [{ gtin: GTIN, baseUrl: 'https://a.example', keys: '{"keys":[{"kty":"oct"}]}' }, 'RESPONDER_KEYS_INVALID'],
    [{ gtin: '123', baseUrl: 'https://a.example' }, 'GTIN_INVALID'],
  ])('refuses the entry %j with %s', async (input, code) => {
    const regulator = await tokenOf(asker, 'admin@authority.example');
    expect((await asker.refusal(REGISTER, { input }, regulator)).extensions.code).toBe(code);
  });

  it('connects to no private address unless the operator says so', async () => {
    const regulator = await tokenOf(maker, 'admin@authority.example');
    for (const baseUrl of ['http://127.0.0.1:1', 'http://[::1]:1', 'http://169.254.169.254', 'http://10.1.2.3']) {
      const refusal = await maker.refusal(REGISTER, { input: { gtin: FOREIGN, baseUrl } }, regulator);
      expect(refusal.extensions.code).toBe('DESTINATION_REFUSED');
    }
    await maker.ask(REGISTER, { input: { gtin: FOREIGN, baseUrl: 'http://localhost:1' } }, regulator);
    const input = { gtin: FOREIGN, serial: 'A', lot: 'B', expiry: '2029-01-31' };
    const data = await maker.ask<{ answer: External }>(
      ELSEWHERE,
      { input },
      await tokenOf(maker, 'operator@pwani.example'),
    );
    expect(data.answer).toMatchObject({ outcome: 'SILENT' });
  });
});

describe('a requester, with a system of another make as the maker’s', () => {
  type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => void;
  const keys = testKeys('vendor-1');
  let vendor: Server;
  let answering: Answering;
  let tries = 0;

  const message = (url: URL, data: object, more: object = {}) => ({
    ...{ verificationTimestamp: new Date().toISOString(), responderGLN: '9506000140445', data },
    ...{ corrUUID: url.searchParams.get('corrUUID'), ...more },
  });

  /** As the real one signs: question and answer together. */
  function signed(url: URL, body: object, changes: object = {}, key = keys): string {
    const [, , , gtin, , lot, , ser] = url.pathname.split('/').map(decodeURIComponent);
    const { exp, context, reqGLN, corrUUID } = Object.fromEntries(url.searchParams);
    const request = { gtin, lot, ser, exp, context, reqGLN, corrUUID, ...changes };
    return jwt.sign({ request, response: body }, key.privateKey, {
      ...{ algorithm: 'ES256', keyid: 'vendor-1', audience: reqGLN!, jwtid: corrUUID! },
      header: { alg: 'ES256', typ: 'verification+jwt' },
    });
  }

  const answers = (body: (url: URL) => object, signature?: (url: URL, body: object) => string): Answering => {
    return (_, response, url) => {
      const said = body(url);
      if (signature !== undefined) response.setHeader('verification-signature', signature(url, said));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(said));
    };
  };

  beforeAll(async () => {
    vendor = createServer((request, response) => {
      tries++;
      answering(request, response, new URL(request.url!, 'http://vendor'));
    });
    await new Promise<void>((ready) => vendor.listen(0, '127.0.0.1', ready));
    const baseUrl = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/`;
    await register({ gtin: FOREIGN, baseUrl, keys: JSON.stringify({ keys: [keys.publicJwk] }), gln: '9506000140445' });
  });
  afterAll(() => vendor.close());
  beforeEach(() => {
    tries = 0;
  });

  it('takes what is signed for its question', async () => {
    answering = answers((url) => message(url, { verified: true }), signed);
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'VERIFIED', authenticity: 'SIGNED' });
    answering = answers(
      (url) => message(url, { verified: false, verificationFailureReason: 'Vendor_own_words' }),
      signed,
    );
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'FAILED', failureReason: 'Vendor_own_words' });
  });

  it.each<[string, Answering]>([
    ['no signature', answers((url) => message(url, { verified: true }))],
    [
      'a signature of somebody else',
      answers(
        (url) => message(url, { verified: true }),
        (url, body) => signed(url, body, {}, other),
      ),
    ],
    [
      'a signature for another pack',
      answers(
        (url) => message(url, { verified: true }),
        (url, body) => signed(url, body, { ser: 'B2' }),
      ),
    ],
    [
      'a signature of another answer',
      answers(
        (url) => message(url, { verified: true }),
        (url) => signed(url, { verified: false }),
      ),
    ],
    [
      'no signature but a word',
      answers(
        (url) => message(url, { verified: true }),
        () => 'none',
      ),
    ],
    ['another correlation', answers((url) => message(url, { verified: true }, { corrUUID: randomUUID() }), signed)],
    ['another responder', answers((url) => message(url, { verified: true }, { responderGLN: PWANI }), signed)],
    ['another shape', answers(() => ({ verified: 'yes' }), signed)],
    ['no JSON', (_, response) => void response.end('<html>')],
  ])('does not believe %s', async (_, how) => {
    answering = how;
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'INVALID', authenticity: 'NONE', key: null });
  });

  it('tries again where there was no answer, and says when there is none', async () => {
    answering = (_, response, url) => {
      if (tries < 3) response.socket?.destroy();
      else answers((each) => message(each, { verified: true }), signed)(_, response, url);
    };
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'VERIFIED' });
    tries = 0;
    answering = () => undefined;
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'SILENT', status: null });
    expect(tries).toBe(3);
    answering = (_, response) => void response.writeHead(503).end();
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'SILENT', status: 503 });
    answering = (_, response) => {
      response.write('{"data":');
      const more = setInterval(() => response.write(' '.repeat(65_536)), 1);
      response.on('close', () => clearInterval(more));
    };
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'SILENT' });
  });

  it('tells a refusal and an unknown GTIN from silence, without asking twice', async () => {
    answering = (_, response) => void response.writeHead(404).end();
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'NOT_IN_DIRECTORY', status: 404 });
    answering = (_, response) => void response.writeHead(403).end('{}');
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'REFUSED', status: 403 });
    answering = (_, response) => void response.writeHead(307, { location: maker.url }).end();
    expect(await ask('A1', FOREIGN)).toMatchObject({ outcome: 'REFUSED', status: 307 });
    expect(tries).toBe(3);
  });
});

describe('a requester whose directory has no entry', () => {
  it('finds the verification service by the resolver that its operator named', async () => {
    const beside = await startApp({
      beside: asker,
      demo: true,
      env: {
        ...{ VERIFICATION_RESOLVER_URL: maker.url, VERIFICATION_ALLOW_PRIVATE: '1' },
        VERIFICATION_CREDENTIALS_FILE: join(folder, 'own.json'),
      },
    });
    try {
      await beside.database.query(
        'test-forget',
        'update verification_responder set removed_at = now() where removed_at is null',
      );
      const input = { gtin: GTIN, serial: 'VM2', lot: LOT, expiry: '2029-06-30' };
      const token = await tokenOf(beside, 'operator@pwani.example');
      const found = await beside.ask<{ answer: External }>(ELSEWHERE, { input }, token);
      expect(found.answer).toMatchObject({ outcome: 'VERIFIED', authenticity: 'UNSIGNED', responderUrl: maker.url });
      const unknown = await beside.ask<{ answer: External }>(ELSEWHERE, { input: { ...input, gtin: FOREIGN } }, token);
      expect(unknown.answer).toMatchObject({ outcome: 'NOT_IN_DIRECTORY' });
    } finally {
      await beside.close();
    }
  });
});
