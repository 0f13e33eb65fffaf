import { type DemoHttp, startDemoHttp } from '../../../demo/http.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { McpServer, SignedIn, TestPassed } from '../support/document.js';
import { Socket } from '../support/socket.js';

chapter('variant', 'Spellings of the second draft', (holds) => {
  let app: TestApp;
  let client: Client;
  let demo: DemoHttp;
  let token: string;

  beforeAll(async () => {
    demo = await startDemoHttp({ port: 0 });
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });

  afterAll(async () => {
    await app.stop();
    await demo.close();
  });

  const printed = () => ({
    serverName: 'Production Server',
    serverUrl: demo.url,
    authMethod: 'apiKey',
    credentials: { apiKey: 'secret-api-key' },
    timeout: 30,
    sslVerify: true,
  });

  holds('Second draft, 1.2 Verify OTP & Login', 'POST /auth/otp/verify takes otp for code', async () => {
    const email = someAddress();
    const otp = await client.requestCode(email);
    await client.expect(200, SignedIn, client.call('POST', '/auth/otp/verify', { body: { email, otp } }));
  });

  holds('Second draft, 2.2 Change Password', 'PUT /user/password takes the body as printed', async () => {
    const { user, access_token } = await client.signIn();
    const sent = await client.call('POST', '/auth/password/forgot', { body: { email: user.email } });
    expect(sent.body).toEqual({ status: 'sent' });
    const reset = { token: await client.linkTo(user.email, 1), new_password: 'old_password of mine' };
    expect((await client.call('POST', '/auth/password/reset', { body: reset })).body).toEqual({ status: 'changed' });
    await client.refuses(401, client.call('GET', '/user/profile', { token: access_token }));
    const login = { email: user.email, password: reset.new_password };
    const signedIn = client.call('POST', '/auth/password/login', { body: login });
    const { access_token: fresh } = await client.expect(200, SignedIn, signedIn);
    const body = { currentPassword: 'old_password of mine', newPassword: 'new_secure_password' };
    const changed = await client.call('PUT', '/user/password', { token: fresh, body });
    expect(changed.body).toEqual({ success: true, message: 'Password updated successfully.' });
  });

  holds('Second draft, 3.2 Add New Server', 'POST /servers takes the body as printed', async () => {
    const create = client.call('POST', '/servers', { token, body: printed() });
    expect(await client.expect(201, McpServer, create)).toMatchObject({
      name: 'Production Server',
      url: demo.url,
      auth_method: 'api_key',
      timeout: 30,
      ssl_verify: true,
    });
  });

  holds('Second draft, 3.2 Add New Server', 'PUT /servers/{server_id} takes its spellings too', async () => {
    const create = client.call('POST', '/servers', { token, body: { ...printed(), serverName: 'To change' } });
    const { id } = await client.expect(201, McpServer, create);
    const body = { serverName: 'Changed', authMethod: 'none', sslVerify: false };
    const changed = await client.expect(200, McpServer, client.call('PUT', `/servers/${id}`, { token, body }));
    expect(changed).toMatchObject({ name: 'Changed', auth_method: 'none', ssl_verify: false });
  });

  holds('Second draft, 3.3 Test Server Connection', 'POST /servers/test takes the body as printed', async () => {
    await client.expect(200, TestPassed, client.call('POST', '/servers/test', { token, body: printed() }));
  });

  holds('Second draft, 3.3 Test Server Connection', 'POST /servers/test says what failed', async () => {
    const body = { ...printed(), serverUrl: 'http://127.0.0.1:9/mcp' };
    const { detail } = await client.refuses(400, client.call('POST', '/servers/test', { token, body }));
    expect(detail).toMatch(/^Connection failed: /);
  });

  holds('Second draft, 4.1 Client-to-Server Messages', 'approve_task takes nodeId for node_id', async () => {
    const body = { ...printed(), serverName: 'For a session' };
    const { id } = await client.expect(201, McpServer, client.call('POST', '/servers', { token, body }));
    const socket = await Socket.open(app.url, `/ws/server/${id}`, token);
    try {
      socket.send('chat_message', { text: '/call echo {"message": "one"}' });
      const [node] = (await socket.message('task_graph_proposal')).nodes;
      socket.send('approve_task', { nodeId: node?.id });
      await socket.frame('task_update', ({ node_id, status }) => node_id === node?.id && status === 'succeeded');
    } finally {
      await socket.close();
    }
  });
});
