import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OAuthBrowser } from '../../support/oauth-browser.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const REDIRECT = 'http://127.0.0.1:3998/callback';
const VERIFIER = 'v'.repeat(43);
const Metadata = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  registration_endpoint: z.url(),
});
const KeySet = z.looseObject({
  keys: z
    .array(z.looseObject({ kty: z.literal('RSA'), alg: z.literal('RS256'), kid: z.string(), n: z.string() }))
    .min(1),
});
const Registered = z.looseObject({ client_id: z.string(), redirect_uris: z.tuple([z.literal(REDIRECT)]) });
const Tokens = z.looseObject({ access_token: z.string(), refresh_token: z.string(), token_type: z.literal('Bearer') });

chapter('builder-oauth', 'OAuth', (holds) => {
  let app: TestApp;
  let client: Client;

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
  });
  afterAll(() => app.stop());

  const register = () =>
    client.callAt('POST', '/oauth/register', {
      body: {
        client_name: 'A program',
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    });
  const newClient = async () => Registered.parse((await register()).body).client_id;
  const address = (id: string) => {
    const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
    const fields = { client_id: id, response_type: 'code', redirect_uri: REDIRECT, code_challenge: challenge };
    return `${app.url}/oauth/authorize?${new URLSearchParams({ ...fields, code_challenge_method: 'S256' }).toString()}`;
  };
  const tokens = (fields: Record<string, string>) =>
    fetch(`${app.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) }).then(async (answer) => ({
      status: answer.status,
      headers: answer.headers,
      body: await answer.json(),
    }));

  holds(
    'Builder',
    'GET /.well-known/oauth-authorization-server/oauth tells where everything is (RFC 8414)',
    async () => {
      await client.expect(200, Metadata, client.callAt('GET', '/.well-known/oauth-authorization-server/oauth'));
    },
  );

  holds('Builder', 'GET /oauth/jwks has the RS256 keys by which access tokens are verified', async () => {
    await client.expect(200, KeySet, client.callAt('GET', '/oauth/jwks'));
  });

  holds('Builder', 'POST /oauth/register makes a client (RFC 7591)', async () => {
    await client.expect(201, Registered, register());
  });

  holds('Builder', 'GET /oauth/authorize needs a person who has signed in, and answers with a code', async () => {
    const id = await newClient();
    const stranger = await fetch(address(id), { redirect: 'manual' });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^\/oauth\/interaction\//),
    ]);
    const { token } = await app.signIn(someAddress());
    const end = await new OAuthBrowser(app.url, token).authorize(address(id));
    expect(end.searchParams.get('code')).toBeTruthy();
  });

  holds('Builder', 'POST /oauth/token takes the code, and later the refresh token', async () => {
    const id = await newClient();
    const { token } = await app.signIn(someAddress());
    const end = await new OAuthBrowser(app.url, token).authorize(address(id));
    const code = end.searchParams.get('code') ?? '';
    const asked = { client_id: id, redirect_uri: REDIRECT, code, code_verifier: VERIFIER };
    const first = await client.expect(200, Tokens, tokens({ grant_type: 'authorization_code', ...asked }));
    const again = { grant_type: 'refresh_token', client_id: id, refresh_token: first.refresh_token };
    await client.expect(200, Tokens, tokens(again));
  });
});
