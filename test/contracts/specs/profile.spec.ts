import { type TestApp, startTestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { User } from '../support/document.js';

chapter('profile', 'Profile', (holds) => {
  let app: TestApp;
  let client: Client;
  let token: string;
  const email = someAddress();

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn(email)).access_token;
  });

  afterAll(() => app.stop());

  const GET = 'Endpoints, GET /user/profile';
  holds(GET, 'GET /user/profile answers the user', async () => {
    const user = await client.expect(200, User, client.call('GET', '/user/profile', { token }));
    expect(user.email).toBe(email);
  });
  holds(GET, 'GET /user/profile without a token, or with a wrong one, is 401', async () => {
    await client.refuses(401, client.call('GET', '/user/profile'));
    await client.refuses(401, client.call('GET', '/user/profile', { token: 'wrong' }));
  });

  const PUT = 'Endpoints, PUT /user/profile';
  holds(PUT, 'PUT /user/profile changes the username', async () => {
    const put = client.call('PUT', '/user/profile', { token, body: { username: 'ada_l' } });
    expect((await client.expect(200, User, put)).username).toBe('ada_l');
    const user = await client.expect(200, User, client.call('GET', '/user/profile', { token }));
    expect(user.username).toBe('ada_l');
  });
  holds(PUT, 'PUT /user/profile without a username changes nothing', async () => {
    const before = await client.expect(200, User, client.call('GET', '/user/profile', { token }));
    const after = await client.expect(200, User, client.call('PUT', '/user/profile', { token, body: {} }));
    expect(after.username).toBe(before.username);
  });
  holds(PUT, 'PUT /user/profile with a username that is none is 400', async () => {
    for (const username of ['', 7, 'x'.repeat(65)]) {
      await client.refuses(400, client.call('PUT', '/user/profile', { token, body: { username } }));
    }
  });
  holds(PUT, 'PUT /user/profile without a token is 401', async () => {
    await client.refuses(401, client.call('PUT', '/user/profile', { body: { username: 'ada' } }));
  });
});
