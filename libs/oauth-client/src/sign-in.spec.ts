import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { ISSUER, metadata, scriptedWeb } from '../test/scripted-web.js';
import { beginAuthorization, readAuthorizationResponse } from './authorization.js';
import type { ServerMetadata } from './authorization-server.js';
import { obtainClient, type OAuthClient } from './client.js';
import { chooseScopes, missingScopes } from './scopes.js';
import { exchangeCode, refresh, requestAsClient } from './tokens.js';

const server = metadata() as unknown as ServerMetadata;
const client: OAuthClient = { issuer: ISSUER, clientId: 'c', origin: 'given', authentication: 'none' };
const redirectUri = 'https://us.example/callback';
const resource = 'https://mcp.example/mcp';
const ours = { name: 'Us', uri: 'https://us.example', redirectUri, documentUrl: 'https://us.example/client.json' };
const wanted = { server, client, redirectUri, resource, scopes: ['a', 'b'] };

describe('a client', () => {
  const registering = (answer: object, status = 201) =>
    scriptedWeb({ [`${ISSUER}/register`]: () => Response.json(answer, { status }) });
  const withDocument = { ...server, client_id_metadata_document_supported: true };

  test('that was entered comes before our document, and that before a registration', async () => {
    const web = registering({ client_id: 'made' });
    expect(await obtainClient(web, withDocument, ours, { clientId: 'g', secret: 's' })).toMatchObject({
      clientId: 'g',
      authentication: 'client_secret_basic',
    });
    expect((await obtainClient(web, withDocument, ours, undefined)).clientId).toBe(ours.documentUrl);
    expect(web.asked).toEqual([]);
    const hidden = { ...ours, documentUrl: undefined };
    expect(await obtainClient(web, withDocument, hidden, undefined)).toMatchObject({
      origin: 'dynamic',
      clientId: 'made',
    });
  });

  test('that nobody registers has to be entered', async () => {
    const { registration_endpoint: _, ...closed } = server;
    await expect(obtainClient(scriptedWeb({}), closed, ours, undefined)).rejects.toMatchObject({
      code: 'OAUTH_CLIENT_NEEDED',
      fix: expect.stringContaining(redirectUri) as string,
    });
  });

  test.each([
    [{ client_id: 'm', client_secret: 's' }, 'client_secret_basic'],
    [{ client_id: 'm', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' }, 'client_secret_post'],
    [{ client_id: 'm', client_secret: 's', token_endpoint_auth_method: 'none' }, 'none'],
  ])('that was registered as %j proves itself by %s', async (answer, authentication) => {
    expect(await obtainClient(registering(answer, 200), server, ours, undefined)).toMatchObject({ authentication });
  });

  const onlyKeys = { ...server, token_endpoint_auth_methods_supported: ['private_key_jwt'] };

  test.each([
    ['ES256', undefined],
    ['ES256', ['RS256', 'ES256']],
    ['EdDSA', ['EdDSA']],
    ['RS256', ['RS256']],
  ])('is registered by an %s key of its own where nothing else is taken, and signatures are %j', async (alg, taken) => {
    const web = registering({ client_id: 'm' });
    const told = taken && { token_endpoint_auth_signing_alg_values_supported: taken };
    const made = await obtainClient(web, { ...onlyKeys, ...told }, ours, undefined);
    expect(made).toMatchObject({ origin: 'dynamic', authentication: 'private_key_jwt' });
    const sent = JSON.parse(web.asked[0]?.text ?? '') as { jwks: { keys: Record<string, unknown>[] } };
    expect(sent).toMatchObject({ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg });
    const [key = {}] = sent.jwks.keys;
    expect(key).not.toHaveProperty('d');
    expect(JSON.parse(made.privateKey ?? '')).toMatchObject({ ...key, d: expect.any(String) as string });
  });

  test('whose registration with a key ends in a secret has that', async () => {
    const web = registering({ client_id: 'm', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' });
    const made = await obtainClient(web, onlyKeys, ours, undefined);
    expect(made).toMatchObject({ authentication: 'client_secret_post', secret: 's' });
    expect(made).not.toHaveProperty('privateKey');
  });

  test('whose registration is refused says so without their words', async () => {
    const web = registering({ error: 'invalid_redirect_uri', error_description: '<b>evil</b>' }, 400);
    const failed = obtainClient(web, server, ours, undefined);
    await expect(failed).rejects.toMatchObject({ code: 'OAUTH_REGISTRATION_FAILED' });
    await expect(failed).rejects.not.toThrow(/evil/);
  });
});

describe('a way to the authorization server and back', () => {
  test('carries the resource, a state and a challenge, and no secret', async () => {
    const { url, state, verifier } = await beginAuthorization(wanted);
    const sent = new URL(url).searchParams;
    expect(Object.fromEntries(sent)).toMatchObject({ resource, state, scope: 'a b', response_type: 'code' });
    expect(sent.get('code_challenge')).toBe(createHash('sha256').update(verifier).digest('base64url'));
    expect(url).not.toContain(verifier);
  });

  const answer = (said: Record<string, string>, promised = false) => {
    const asked = { ...server, authorization_response_iss_parameter_supported: promised };
    return () => readAuthorizationResponse({ server: asked, client }, new URLSearchParams(said), 'the-state');
  };
  const good = { code: 'x', state: 'the-state' };
  const unsafe = expect.objectContaining({ code: 'OAUTH_RESPONSE_UNSAFE' }) as Error;

  test.each([
    ['another state', { ...good, state: 'other' }, false],
    ['no state', { code: 'x' }, false],
    ['another issuer', { ...good, iss: 'https://evil.example' }, false],
    ['the issuer written otherwise', { ...good, iss: `${ISSUER}/` }, true],
    ['no issuer where one is promised', good, true],
    ['an error of another issuer', { error: 'access_denied', state: 'the-state', iss: 'https://evil.example' }, true],
  ])('with %s is not believed', (_, said, promised) => {
    expect(answer(said, promised)).toThrow(unsafe);
  });

  test('is believed with the issuer, and without one that was not promised', () => {
    expect(answer(good)().get('code')).toBe('x');
    expect(answer({ ...good, iss: ISSUER }, true)().get('code')).toBe('x');
    expect(answer({ error: 'access_denied', state: 'the-state' })).toThrow(
      expect.objectContaining({ code: 'OAUTH_DENIED' }) as Error,
    );
  });
});

describe('a token', () => {
  const GIVEN = { access_token: 'at', token_type: 'Bearer', expires_in: 60, refresh_token: 'rt' };
  const giving = (answer: object = GIVEN, status = 200) =>
    scriptedWeb({ [`${ISSUER}/token`]: () => Response.json(answer, { status }) });
  const code = () => readAuthorizationResponse(wanted, new URLSearchParams({ code: 'x', state: 's' }), 's');

  test('is asked for with the verifier and the resource', async () => {
    const web = giving();
    const given = { parameters: code(), redirectUri, verifier: 'v'.repeat(43) };
    expect(await exchangeCode(web, wanted, given)).toEqual({
      accessToken: 'at',
      expiresIn: 60,
      refreshToken: 'rt',
      scopes: undefined,
    });
    expect(Object.fromEntries(web.asked[0]?.body ?? [])).toMatchObject({ resource, code_verifier: 'v'.repeat(43) });
    await refresh(web, wanted, 'rt');
    expect(Object.fromEntries(web.asked[1]?.body ?? [])).toMatchObject({ resource, refresh_token: 'rt' });
  });

  test.each([
    [{ error: 'invalid_grant' }, 400, 'OAUTH_GRANT_INVALID'],
    [{ error: 'invalid_client' }, 401, 'OAUTH_CLIENT_REFUSED'],
    [{ error: 'server_error' }, 500, 'OAUTH_TOKEN_REFUSED'],
    [{ ...GIVEN, token_type: 'mac' }, 200, 'OAUTH_TOKEN_REFUSED'],
    [{ ...GIVEN, access_token: 'a\r\nb: c' }, 200, 'OAUTH_TOKEN_REFUSED'],
    [{ ...GIVEN, access_token: '' }, 200, 'OAUTH_TOKEN_REFUSED'],
  ])('that comes as %j with %i is refused by its kind', async (answer, status, expected) => {
    await expect(refresh(giving(answer, status), wanted, 'the-refresh-token')).rejects.toMatchObject({
      code: expected,
    });
  });

  test('no word of an authorization server is repeated', async () => {
    const web = giving({ error: 'invalid_grant', error_description: 'no such token the-refresh-token' }, 400);
    const failed = await refresh(web, wanted, 'the-refresh-token').catch((error: Error) => error);
    expect(JSON.stringify([failed, (failed as Error).message])).not.toContain('the-refresh-token');
  });

  test('is never asked for where a redirect leads', async () => {
    const web = scriptedWeb({
      [`${ISSUER}/token`]: () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } }),
    });
    await expect(refresh(web, wanted, 'rt')).rejects.toMatchObject({ code: 'OAUTH_TOKEN_REFUSED' });
    expect(web.paths()).toEqual([`${ISSUER}/token`]);
  });

  test('of a machine is asked for with its secret, escaped no more than forms are', async () => {
    const web = giving();
    const machine = {
      ...client,
      clientId: 'my-machine',
      authentication: 'client_secret_basic',
      secret: 'a b-c',
    } as const;
    await requestAsClient(web, { ...wanted, client: machine }, ['x']);
    const [, sent = ''] = (web.asked[0]?.headers.get('authorization') ?? '').split(' ');
    expect(Buffer.from(sent, 'base64').toString()).toBe('my-machine:a+b-c');
    expect(web.asked[0]?.body.get('scope')).toBe('x');
  });

  test('of a machine with a key is asked for with a signed word for that issuer', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const web = giving();
    await requestAsClient(
      web,
      { ...wanted, client: { ...client, authentication: 'private_key_jwt', privateKey: pem } },
      undefined,
    );
    const [head = '', body = '', signature = ''] = (web.asked[0]?.body.get('client_assertion') ?? '').split('.');
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toMatchObject({ iss: 'c', sub: 'c', aud: ISSUER });
    const key = {
      key: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
      dsaEncoding: 'ieee-p1363',
    } as const;
    expect(verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('scopes', () => {
  test.each([
    ['those that were chosen', { chosen: ['x'], challenge: {}, offeredByResource: ['r'] }, ['x']],
    ['those of the challenge', { challenge: { scope: 'c d' }, offeredByResource: ['r'] }, ['c', 'd']],
    ['those of the resource', { challenge: {}, offeredByResource: ['r'] }, ['r']],
    ['none', { challenge: {} }, undefined],
    ['those of before, too', { challenge: { scope: 'c' }, before: ['b'] }, ['b', 'c']],
    [
      'offline access, where it is offered',
      { challenge: { scope: 'c' }, offeredByServer: ['offline_access'] },
      ['c', 'offline_access'],
    ],
    ['not offline access alone', { offeredByServer: ['offline_access'] }, undefined],
  ])('are %s', (_, grounds, scopes) => {
    expect(chooseScopes({ offline: true, ...grounds })).toEqual(scopes);
  });

  test('that were asked for before are not missing', () => {
    expect(missingScopes({ scope: 'a b' }, ['a'])).toEqual(['b']);
    expect(missingScopes({ scope: 'a' }, ['a'])).toEqual([]);
  });
});
