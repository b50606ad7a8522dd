import { startApp, type TestApp } from '../support/start-app.js';

describe('the server', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('answers a query through GraphQL', async () => {
    const { server } = await app.ask<{ server: { chainId: number } }>('{ server { chainId } }');
    expect(server.chainId).toBe(31337);
  });

  it('says that it is ready', async () => {
    const response = await app.rest('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', server: 'ok', database: 'ok', chain: 'ok' });
  });
});
