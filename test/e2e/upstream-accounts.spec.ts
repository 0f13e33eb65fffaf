import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import {
  accountOf,
  addOAuthServer,
  beginSignIn,
  comeBack,
  goThere,
  signInTo,
  untilOnline,
} from './support/accounts.js';

let app: TestApp;
let ada: Person;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;

beforeEach(async () => {
  app = await startTestApp();
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
  ada = await app.signIn();
});

afterEach(async () => {
  await app.stop();
  await Promise.all([upstream.close(), authorization.close()]);
});

interface Standing {
  id: string;
  account_status: string | null;
}

const callRead = (person: Person, id: string) =>
  person.call<{ status?: string; code?: string; details?: Record<string, unknown> }>(
    'POST',
    `/servers/${id}/tools/read/call`,
    { arguments: { label: 'x' } },
  );

describe('a server whose account signs in', () => {
  test('is not asked for anything before somebody is signed in, and says what to do', async () => {
    const id = await addOAuthServer(ada, upstream.url);
    await eventually(
      async () => (await ada.call<{ status_reason: string }>('GET', `/servers/${id}`)).body,
      ({ status_reason }) => status_reason.includes('Nobody is signed in'),
    );
    expect(upstream.tokens()).toEqual([]);
    const refused = await ada.call<Record<string, unknown>>('GET', `/servers/${id}/tools`);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'UPSTREAM_SIGN_IN_NEEDED' });
    expect(JSON.stringify(refused.body)).toContain(`/servers/${id}`);
  });

  test('is used with a token that was made for it, after a person allowed it', async () => {
    const id = await addOAuthServer(ada, upstream.url);
    expect(await signInTo(app, ada, id)).toBe(`/servers/${id}?account=connected`);
    await untilOnline(ada, id);
    const called = await callRead(ada, id);
    expect([called.status, called.text]).toEqual([200, expect.stringContaining('2 rows.')]);
    const account = await accountOf(ada, id);
    expect(account).toMatchObject({ status: 'connected', scopes: ['tools:read'], may_connect: true });
    expect(account.issuer).toBe(new URL(authorization.issuer).host);
    const [asked] = authorization.seenAt('/authorize');
    const [given] = authorization.seenAt('/token');
    expect([asked?.parameters.get('resource'), given?.parameters.get('resource')]).toEqual([
      upstream.url,
      upstream.url,
    ]);
    expect(asked?.parameters.get('code_challenge_method')).toBe('S256');
  });

  test('renews its token before it ends, with a refresh token that counts once', async () => {
    authorization.script.accessSeconds = 61;
    const id = await addOAuthServer(ada, upstream.url);
    await signInTo(app, ada, id);
    await untilOnline(ada, id);
    app.clock.forward(30);
    authorization.script.accessSeconds = 3_600;
    const all = await Promise.all(Array.from({ length: 10 }, () => callRead(ada, id)));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(
      authorization.seenAt('/token').filter((one) => one.parameters.get('grant_type') === 'refresh_token'),
    ).toHaveLength(1);
  });

  test('is signed in to again when its access was taken back', async () => {
    const id = await addOAuthServer(ada, upstream.url);
    await signInTo(app, ada, id);
    await untilOnline(ada, id);
    authorization.revokeAll();
    app.clock.forward(40);
    const refused = await callRead(ada, id);
    expect([refused.status, refused.body.code]).toEqual([409, 'UPSTREAM_SIGN_IN_NEEDED']);
    expect((await accountOf(ada, id)).status).toBe('needs_sign_in');
    await signInTo(app, ada, id);
    expect((await callRead(ada, id)).status).toBe(200);
  });
});

describe('the list of servers', () => {
  const standingOf = async (person: Person, id: string) => {
    const { servers } = (await person.call<{ servers: Standing[] }>('GET', '/servers')).body;
    const { account_status: alone } = (await person.call<Standing>('GET', `/servers/${id}`)).body;
    const listed = servers.find((server) => server.id === id)?.account_status;
    return listed === alone ? listed : { listed, alone };
  };

  test('says of each account that calls would use how it stands: one’s own, or that of all', async () => {
    const bob = await new Organizations(app).join(ada, 'developer');
    const own = await addOAuthServer(ada, upstream.url, { account: 'per_user' }, 'Own');
    const shared = await addOAuthServer(ada, upstream.url, { account: 'shared' }, 'Shared');
    const plain = { name: 'Plain', url: upstream.url, auth_method: 'none' };
    const open = (await ada.call<{ id: string }>('POST', '/servers', plain)).body.id;
    expect([await standingOf(ada, own), await standingOf(ada, open)]).toEqual(['not_connected', null]);
    await signInTo(app, ada, own);
    await signInTo(app, ada, shared);
    expect([await standingOf(ada, own), await standingOf(bob, own)]).toEqual(['connected', 'not_connected']);
    expect([await standingOf(ada, shared), await standingOf(bob, shared)]).toEqual(['connected', 'connected']);
    authorization.revokeAll();
    app.clock.forward(40);
    await callRead(ada, own);
    expect(await standingOf(ada, own)).toBe('needs_sign_in');
    // Another server has other accounts, whatever those of before were.
    await ada.call('PUT', `/servers/${shared}`, { url: `${upstream.url}?another` });
    expect(await standingOf(bob, shared)).toBe('not_connected');
  });
});

describe('a way back from an authorization server', () => {
  const begun = async () => {
    const id = await addOAuthServer(ada, upstream.url);
    const { body, browser } = await beginSignIn(app, ada, id);
    return { id, browser, callback: await goThere(browser, body.authorization_url) };
  };

  test('counts in the browser only in which it was begun, and once', async () => {
    const { id, browser, callback } = await begun();
    const other = (await beginSignIn(app, await app.signIn(), id)).browser;
    expect(await comeBack(app, other, callback)).toContain('OAUTH_NOT_BEGUN');
    expect(authorization.seenAt('/token')).toEqual([]);
    expect(await comeBack(app, browser, callback)).toBe(`/servers/${id}?account=connected`);
    expect(await comeBack(app, browser, callback)).toContain('OAUTH_NOT_BEGUN');
  });

  test('counts for ten minutes', async () => {
    const { browser, callback } = await begun();
    app.clock.forward(601);
    expect(await comeBack(app, browser, callback)).toContain('OAUTH_NOT_BEGUN');
  });
});
