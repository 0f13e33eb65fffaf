import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { z } from 'zod';
import { SURFACES } from '../../../src/app.module.js';
import { ApiKeysService } from '../../../src/core/identity/api-keys.service.js';
import { IdentityService } from '../../../src/core/identity/identity.service.js';
import { AppError } from '../../../src/platform/errors/app-error.js';
import { Allow, Public } from '../../../src/surfaces/pipeline/auth.guard.js';
import { type IdentityApp, startIdentityApp } from '../../integration/identity/identity-app.js';
import { sendRaw } from '../../integration/identity/raw-http.js';
import { Builder, DIALECTS } from '../support/dialects.js';

const Text = z.strictObject({ text: z.string() });

/** On every surface the same: one closed route, one open one, and two that fail. */
@Controller(['api/v1/probe', 'api/probe', 'v1/probe', 'v1/servers/probe', 'api/mcp-servers/probe'])
class ProbeController {
  @Get()
  @Allow('profile.read')
  read() {
    return {};
  }

  @Post()
  @Public('a test')
  write(@Body({ schema: Text }) { text }: z.infer<typeof Text>) {
    return { text };
  }

  @Post('closed')
  @Allow('profile.read')
  writeClosed(@Body({ schema: Text }) { text }: z.infer<typeof Text>) {
    return { text };
  }

  @Get('broken')
  @Public('a test')
  fail() {
    throw new Error('A secret of the inside.');
  }

  @Get('conflict')
  @Public('a test')
  refuse() {
    throw new AppError('conflict', 'TAKEN', 'It is taken.', {
      details: { takenSince: 7 },
      issues: [
        { path: '/name', code: 'taken', message: 'It is taken.' },
        { path: '/first_name', code: 'taken', message: 'It is taken.' },
      ],
      retryAfterSeconds: 3,
    });
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('the errors of each surface', () => {
  let app: IdentityApp;
  let callers = 0;

  beforeAll(async () => {
    const settings = { TRUST_PROXY: 'true', RATE_LIMIT_RPM: '8', RATE_LIMIT_AUTH_RPM: '8' };
    const surfaces = SURFACES.map(({ surface }) => surface);
    app = await startIdentityApp(settings, { surfaces, modules: [ProbeModule] });
  });

  afterAll(() => app.close());

  /** Each from an address of its own, so that no limit is met by chance. */
  const nextAddress = () => `10.1.${Math.floor((callers += 1) / 250)}.${callers % 250}`;
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.call(method, path, body, { 'x-forwarded-for': nextAddress(), ...headers });

  test('the table has every surface', () => {
    expect(DIALECTS.map(({ name }) => name).sort()).toEqual(SURFACES.map(({ surface }) => surface.name).sort());
  });

  describe.each(DIALECTS)('$name', ({ at, form, mediaType, challenge, refused, malformed, two, places, words }) => {
    const faults: [string, number, string, () => ReturnType<typeof call>][] = [
      ['an unknown path', 404, 'ROUTE_NOT_FOUND', () => call('GET', `${at}/nothing`)],
      ['a wrong method', 404, 'ROUTE_NOT_FOUND', () => call('DELETE', at)],
      ['a path that cannot be read', 400, 'BAD_URL', () => call('GET', `${at}/%zz`)],
      ['an address with U+0000', 400, 'BAD_URL', () => call('GET', `${at}?filter=%00`)],
      ['a body that is no JSON', 400, 'BODY_NOT_JSON', () => call('POST', at, '{')],
      ['a body that is too large', 413, 'BODY_TOO_LARGE', () => call('POST', at, { text: 'x'.repeat(1_048_576) })],
      ['a body that is not asked for', 400, 'VALIDATION_ERROR', () => call('POST', at, { text: 'x', more: 1 })],
      ['no credential', 401, 'CREDENTIAL_MISSING', () => call('GET', at)],
      ['a refused credential', 401, 'TOKEN_INVALID', () => call('GET', at, undefined, refused)],
      ['a malformed credential', 401, 'CREDENTIAL_MALFORMED', () => call('GET', at, undefined, malformed)],
      ['a refusal of the core', 409, 'TAKEN', () => call('GET', `${at}/conflict`)],
      ['a fault of ours', 500, 'INTERNAL_ERROR', () => call('GET', `${at}/broken`)],
    ];
    if (two) faults.push(['two credentials', 400, 'TWO_CREDENTIALS', () => call('GET', at, undefined, two)]);

    test.each(faults)('%s is answered %i %s in its form', async (_, status, code, ask) => {
      const answer = await ask();
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, mediaType]);
      const said = form.parse(answer.body);
      expect(said.code).toBe(words[code] ?? code);
      expect(said.requestId).toBe(answer.headers.get('x-request-id'));
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? challenge : null);
      expect(JSON.stringify(answer.body)).not.toMatch(/secret of the inside|hush/);
    });

    test('what the core tells beside its sentence is told, and when to come again', async () => {
      const answer = await call('GET', `${at}/conflict`);
      expect(form.parse(answer.body)).toMatchObject({ message: 'It is taken.', takenSince: 7 });
      expect(answer.headers.get('retry-after')).toBe('3');
    });

    test('each fault of a body has its place', async () => {
      const { errors } = form.parse((await call('POST', at, { more_things: 1 })).body);
      expect(errors.map(({ path }) => path).sort()).toEqual(['/more_things', '/text']);
      const told = form.parse((await call('GET', `${at}/conflict`)).body);
      expect(told.errors.map(({ path }) => path)).toEqual(places);
    });

    test('a body of another type is 415, but where any is taken for JSON', async () => {
      const answer = await call('POST', at, '{"text":"x"}', { 'content-type': 'text/plain' });
      if (at.startsWith('/v1/servers')) expect(answer).toMatchObject({ status: 201, body: { text: 'x' } });
      else expect([answer.status, form.parse(answer.body).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    });

    test('too many requests are 429 in its form', async () => {
      const from = { 'x-forwarded-for': nextAddress() };
      for (let asked = 0; asked < 8; asked += 1) await call('GET', `${at}/nothing`, undefined, from);
      const answer = await call('GET', at, undefined, from);
      expect([answer.status, form.parse(answer.body).code]).toEqual([429, words.RATE_LIMITED ?? 'RATE_LIMITED']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    });

    test('who announces a body without a credential is refused before it is sent, in its form', async () => {
      const head =
        `POST ${at}/closed HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${nextAddress()}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n';
      const answer = await sendRaw(app.url, head, '}');
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      form.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))));
    });

    test.each(['X-API-KEY', 'X-API-SECRET', 'Authorization'])('a second header %s is refused', async (name) => {
      const head =
        `GET ${at} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${nextAddress()}\r\n` +
        `${name}: Bearer x\r\n${name}: Bearer y\r\nConnection: close\r\n\r\n`;
      const answer = await sendRaw(app.url, head);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(form.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).code).toBe(
        words.HEADER_REPEATED ?? 'HEADER_REPEATED',
      );
    });
  });

  test('a credential that a surface does not name is not read', async () => {
    const token = String(
      (await app.signIn('doors@example.com', { 'x-forwarded-for': nextAddress() })).body.access_token,
    );
    const authorization = `Bearer ${token}`;
    const statusOf = async (at: string, headers: Record<string, string>) =>
      (await call('GET', at, undefined, headers)).status;
    for (const at of ['/api/v1/probe', '/api/probe', '/v1/probe']) {
      expect(await statusOf(at, { authorization, cookie: 'switchyard=hush', 'x-api-key': 'key_hush' })).toBe(200);
      expect(await statusOf(at, { cookie: 'switchyard=hush' })).toBe(401);
    }
    expect(await statusOf('/v1/servers/probe', { authorization })).toBe(401);
    expect(await statusOf('/api/mcp-servers/probe', { authorization })).toBe(401);

    const bearer = await app.app.get(IdentityService).authenticate({ scheme: 'bearer', token }, { ip: '10.0.0.1' });
    const key = { name: 'doors', scopes: ['mcp:read'] as const };
    const { apiKey, text: secret } = await app.app.get(ApiKeysService).create(bearer, key);
    const forms = [
      { authorization: `Bearer ${secret}` },
      { authorization: `ApiKey ${secret}` },
      { 'x-api-key': apiKey.id, 'x-api-secret': secret },
    ] as Record<string, string>[];
    const statuses = (at: string) => Promise.all(forms.map((headers) => statusOf(at, headers)));
    expect(await statuses('/api/v1/probe')).toEqual([200, 401, 401]);
    expect(await statuses('/api/probe')).toEqual([200, 401, 401]);
    expect(await statuses('/v1/probe')).toEqual([200, 200, 401]);
    expect(await statuses('/v1/servers/probe')).toEqual([401, 401, 401]);
    expect(await statuses('/api/mcp-servers/probe')).toEqual([401, 401, 200]);
  });

  test.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 201],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, 201],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, 403],
    [{}, 201],
  ])('a browser that sends %j to the Builder API is answered %i', async (headers, status) => {
    const answer = await call('POST', '/v1/servers/probe', { text: 'x' }, headers);
    expect(answer.status).toBe(status);
    if (status === 403) expect(Builder.parse(answer.body).code).toBe('CROSS_SITE_REQUEST');
    const read = await call('GET', '/v1/servers/probe/conflict', undefined, headers);
    expect(read.status).toBe(409);
  });

  test('a page of this site may write to the Builder API, by the scheme that the proxy says', async () => {
    const { host } = new URL(app.url);
    const write = async (headers: Record<string, string>) =>
      (await call('POST', '/v1/servers/probe', { text: 'x' }, headers)).status;
    expect(await write({ origin: `http://${host}` })).toBe(201);
    expect(await write({ origin: `https://${host}`, 'x-forwarded-proto': 'https' })).toBe(201);
    expect(await write({ origin: `http://${host}`, 'x-forwarded-proto': 'https' })).toBe(403);
    expect(await write({ origin: 'http://localhost:1' })).toBe(403);
  });

  test('a page of another site may call the Client API, which no browser has a credential for', async () => {
    expect((await call('POST', '/api/v1/probe', { text: 'x' }, { origin: 'https://evil.example' })).status).toBe(201);
  });
});
