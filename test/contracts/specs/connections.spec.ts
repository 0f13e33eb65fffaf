import { type DemoHttp, startDemoHttp } from '../../../demo/http.js';
import { type TestApp, startTestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { McpServer, ServerStatus, TestPassed } from '../support/document.js';
import { freePort } from '../../support/listening.js';

chapter('connections', 'Connections of servers', (holds) => {
  let app: TestApp;
  let client: Client;
  let demo: DemoHttp;
  let token: string;
  let nobody: string;

  beforeAll(async () => {
    demo = await startDemoHttp({ port: 0 });
    nobody = `http://127.0.0.1:${await freePort()}/mcp`;
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });

  afterAll(async () => {
    await app.stop();
    await demo.close();
  });

  const TEST = 'Endpoints, POST /servers/test';
  const check = (body: object) => client.call('POST', '/servers/test', { token, body });
  holds(TEST, 'POST /servers/test of a server that answers is a success with a message', async () => {
    await client.expect(200, TestPassed, check({ url: demo.url, auth_method: 'none' }));
  });
  holds(TEST, 'POST /servers/test takes credentials', async () => {
    const credentials = { api_key: 'a-key' };
    await client.expect(200, TestPassed, check({ url: demo.url, auth_method: 'api_key', credentials }));
  });
  holds(TEST, 'POST /servers/test of a server that does not answer is 400', async () => {
    const { detail } = await client.refuses(400, check({ url: nobody, auth_method: 'none' }));
    expect(detail).toMatch(/^Connection failed: /);
  });
  holds(TEST, 'POST /servers/test with a wrong field is 400', async () => {
    await client.refuses(400, check({ auth_method: 'none' }));
    await client.refuses(400, check({ url: demo.url, auth_method: 'some' }));
  });
  holds(TEST, 'POST /servers/test without a token is 401', async () => {
    const body = { url: demo.url, auth_method: 'none' };
    await client.refuses(401, client.call('POST', '/servers/test', { body }));
  });

  const STATUS = 'Endpoints, GET /servers/{server_id}/status';
  const register = async (name: string, url: string) => {
    const body = { name, url, auth_method: 'none' };
    return (await client.expect(201, McpServer, client.call('POST', '/servers', { token, body }))).id;
  };
  const statusOf = (id: string, as?: string) => client.call('GET', `/servers/${id}/status`, { token: as });
  holds(STATUS, 'GET /servers/{server_id}/status of one that answers is online, with its latency', async () => {
    const id = await register('Answers', demo.url);
    const status = await client.expect(200, ServerStatus, statusOf(id, token));
    expect(status).toMatchObject({ status: 'online', latency: expect.any(Number) as number });
  });
  holds(STATUS, 'GET /servers/{server_id}/status of one that does not answer is offline', async () => {
    const id = await register('Silent', nobody);
    const status = await client.expect(200, ServerStatus, statusOf(id, token));
    expect(status.status).toBe('offline');
    expect(status).not.toHaveProperty('latency');
  });
  holds(STATUS, 'GET /servers/{server_id}/status without a token is 401', async () => {
    await client.refuses(401, statusOf(await register('Closed', demo.url)));
  });
  holds(STATUS, 'GET /servers/{server_id}/status of an unknown server, or of another user, is 404', async () => {
    const id = await register('Foreign', demo.url);
    const stranger = (await client.signIn()).access_token;
    await client.refuses(404, statusOf(`mcp_${'0'.repeat(32)}`, token));
    await client.refuses(404, statusOf(id, stranger));
  });
});
