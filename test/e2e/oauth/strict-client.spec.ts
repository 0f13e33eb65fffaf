import * as oauth from 'oauth4webapi';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { authenticate, browserOf, CALLBACK, issuerOf } from './support.js';

let app: TestApp;
let person: Person;

beforeAll(async () => {
  app = await startTestApp();
  person = await app.signIn();
});
afterAll(() => app.stop());

const insecure = { [oauth.allowInsecureRequests]: true };

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(issuerOf(app));
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, answer);
}

async function register(server: oauth.AuthorizationServer): Promise<oauth.Client> {
  const metadata = {
    client_name: 'A strict client',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
  return oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(server, metadata, insecure),
  );
}

async function authorize(server: oauth.AuthorizationServer, client: oauth.Client, resource: string) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? '');
  const fields = {
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    resource,
  };
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const end = await browserOf(app, person).authorize(url);
  return { verifier, parameters: oauth.validateAuthResponse(server, client, end, state) };
}

test('a strict client discovers, registers, is let in, refreshes and revokes', async () => {
  const server = await discover();
  const client = await register(server);
  const resource = `${new URL(server.issuer).origin}/mcp`;
  const { verifier, parameters } = await authorize(server, client, resource);
  expect(parameters.get('iss')).toBe(server.issuer);

  const exchange = () =>
    oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, CALLBACK, verifier, {
      additionalParameters: { resource },
      ...insecure,
    });
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, await exchange());
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'mcp:read mcp:execute', expires_in: 900 });
  expect(await authenticate(app, tokens.access_token, resource)).toMatchObject({
    userId: person.user.id,
    via: 'oauth',
    scopes: ['mcp:read', 'mcp:execute'],
    credentialId: expect.stringMatching(/^grt_/) as string,
  });

  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token ?? '', insecure),
  );
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

  const revoked = await oauth.revocationRequest(server, client, oauth.None(), refreshed.refresh_token ?? '', insecure);
  await oauth.processRevocationResponse(revoked);
  await expect(authenticate(app, refreshed.access_token, resource)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
});

test('a code that comes twice ends what it brought', async () => {
  const server = await discover();
  const client = await register(server);
  const resource = `${new URL(server.issuer).origin}/mcp`;
  const { verifier, parameters } = await authorize(server, client, resource);
  const exchange = () =>
    oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, CALLBACK, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, await exchange());
  await expect(
    exchange().then((answer) => oauth.processAuthorizationCodeResponse(server, client, answer)),
  ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  const refresh = await oauth.refreshTokenGrantRequest(
    server,
    client,
    oauth.None(),
    tokens.refresh_token ?? '',
    insecure,
  );
  await expect(oauth.processRefreshTokenResponse(server, client, refresh)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(authenticate(app, tokens.access_token, resource)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
});
