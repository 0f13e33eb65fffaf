import { type IdentityApp, startIdentityApp } from './identity-app.js';
import { sendRaw } from './raw-http.js';

const REQUEST = '/api/v1/auth/otp/request';

describe('the HTTP pipeline', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp();
  });

  afterAll(() => app.close());

  const post = (body: string, headers: Record<string, string> = {}) => app.call('POST', REQUEST, body, headers);

  test('an error is a problem with all its members', async () => {
    const answer = await app.call('POST', REQUEST, { email: 'x' }, { 'x-request-id': 'my-own-id' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-request-id')).toBe('my-own-id');
    expect(answer.body).toEqual({
      type: 'urn:switchyard:error:validation_error',
      title: 'The request is not valid',
      status: 400,
      detail: 'This is not an e-mail address we can write to.',
      instance: 'urn:switchyard:request:my-own-id',
      code: 'VALIDATION_ERROR',
      errors: [{ path: '/email', code: 'invalid_email', message: 'This is not an e-mail address we can write to.' }],
      request_id: 'my-own-id',
      retryable: false,
    });
  });

  test.each(['', 'a b', 'x'.repeat(129), 'a/../b', '{"a":1}'])(
    'the request id %j of a caller is replaced',
    async (id) => {
      const answer = await app.call('GET', '/healthz', undefined, { 'x-request-id': id });
      expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    },
  );

  test.each([
    ['{', 400, 'BODY_NOT_JSON'],
    ['', 400, 'VALIDATION_ERROR'],
    ['[]', 400, 'VALIDATION_ERROR'],
    ['null', 400, 'VALIDATION_ERROR'],
    ['{"email":"a@example.com\\u0000"}', 400, 'BODY_NOT_JSON'],
    ['{"email":"a@example.com","__proto__":{"x":1}}', 400, 'BODY_NOT_JSON'],
    ['{"email":"a@example.com","\\u005f_proto__":{"x":1}}', 400, 'BODY_NOT_JSON'],
    [`{"email":"${'a'.repeat(1_048_576)}"}`, 413, 'BODY_TOO_LARGE'],
  ])('the body %.60s is answered %d %s', async (body, status, code) => {
    expect(await post(body)).toMatchObject({ status, body: { code } });
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const answer = await fetch(app.url + REQUEST, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xc3, 0x28]), Buffer.from('@example.com"}')]),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BODY_NOT_JSON' });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])(
    'a body of type %s is 415',
    async (type) => {
      const answer = await post('{"email":"a@example.com"}', { 'content-type': type });
      expect(answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
    },
  );

  test.each(['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'])(
    'a body of type %s is read',
    async (type) => {
      const answer = await post('{"email":"x"}', { 'content-type': type });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: '/email' }] } });
    },
  );

  test.each(['/api/v1/nothing', '/api/v1', '/nothing', '/%61pi/v1/nothing', '/api/artifacts/x/y/z'])(
    'the unknown path %s is a 404 problem',
    async (path) => {
      const answer = await app.call('GET', path);
      expect(answer).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test.each(['/%zz', '/api/v1/%c3%28'])('the broken address %s is a 400 problem with our headers', async (path) => {
    const answer = await sendRaw(app.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toMatch(/x-request-id: req_/i);
    expect(answer).toContain('"BAD_URL"');
  });

  test('bytes that are no HTTP get a 400 problem and the line is closed', async () => {
    const answer = await sendRaw(app.url, 'HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(answer).toContain('"BAD_HTTP"');
  });

  test('headers over the limit are 431', async () => {
    const answer = await sendRaw(app.url, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test.each(['Host: localhost', 'Authorization: Bearer x'])('a second header %s is refused', async (header) => {
    const head = `GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n${header}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(app.url, head);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a caller without a token is refused before it sends the body it announces', async () => {
    const head = (authorization: string) =>
      `PUT /api/v1/user/profile HTTP/1.1\r\nHost: localhost\r\n${authorization}Content-Type: application/json\r\n` +
      'Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n';
    const refused = await sendRaw(app.url, head(''), '}');
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    const token = String((await app.signIn('continue@example.com')).body.access_token);
    const asked = await sendRaw(app.url, head(`Authorization: Bearer ${token}\r\n`), '\r\n\r\n');
    expect(asked).toMatch(/^HTTP\/1\.1 100 Continue/);
  });

  test('every answer carries the security headers, and answers of the API are not stored', async () => {
    for (const path of ['/healthz', '/nothing', '/api/v1/user/profile', '/dev/mailbox', '/docs/client']) {
      const { headers } = await app.call('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
      expect(headers.get('x-request-id')).toBeTruthy();
    }
    expect((await app.call('GET', '/api/v1/instance')).headers.get('cache-control')).toBe('no-store');
  });

  test('each request leaves one line, without its query', async () => {
    await app.call('GET', '/api/v1/user/profile?token=very-secret', undefined, { 'x-request-id': 'logged-1' });
    const lines = app.logLines.filter((line) => line.includes('logged-1')).map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.any(String) as string,
        msg: 'request',
        requestId: 'logged-1',
        method: 'GET',
        route: '/api/v1/user/profile',
        status: 401,
        ms: expect.any(Number) as number,
      },
    ]);
    expect(app.logLines.join('')).not.toContain('very-secret');
  });

  test('health and instance are open', async () => {
    for (const path of ['/healthz', '/api/v1/healthz']) {
      expect(await app.call('GET', path)).toMatchObject({
        status: 200,
        body: { status: 'ok', ts: expect.stringMatching(/Z$/) as string },
      });
    }
    expect((await app.call('GET', '/api/v1/instance')).body).toEqual({
      name: 'Switchyard',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      environment: 'development',
      dev_mailbox: true,
      claimed: false,
      claim_needs_code: false,
      model: 'a-model',
    });
  });

  test('the documentation is an OpenAPI 3.1 document with the schemas by name, and a page of this origin', async () => {
    const document = (await app.call('GET', '/docs/client.json')).body as {
      openapi: string;
      paths: Record<string, unknown>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe('3.1.0');
    // Which ones there are is in the golden copy.
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/auth/refresh', '/api/v1/user/profile']),
    );
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['OtpRequest', 'OtpVerify', 'TokenRefresh', 'SignedIn', 'User', 'Problem']),
    );
    const refresh = document.paths['/api/v1/auth/refresh'] as { post: { responses: Record<string, object> } };
    expect(refresh.post.responses['401']).toMatchObject({
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
    const { text } = (await app.call('GET', '/docs/client')).body as { text: string };
    expect(text).not.toMatch(/(?:src|href)="https?:/);
    for (const [, file] of text.matchAll(/(?:src|href)="\.?\/?([^"#]+)"/g)) {
      expect((await app.call('GET', `/docs/${file}`)).status).toBe(200);
    }
  });
});

describe('rate limits', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp({ RATE_LIMIT_AUTH_RPM: '3', RATE_LIMIT_RPM: '5', TRUST_PROXY: 'true' });
  });

  afterAll(() => app.close());

  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('auth routes have a budget of their own, told in every answer', async () => {
    const answers = [];
    for (let index = 0; index < 4; index += 1) {
      answers.push(await app.call('POST', '/api/v1/auth/refresh', { refresh_token: 'x' }, from('198.51.100.1')));
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    const { headers, body } = answers[3] ?? { headers: new Headers(), body: {} };
    expect(body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(headers.get('x-ratelimit-limit')).toBe('3');
    expect(Number(headers.get('x-ratelimit-reset')) - Date.now() / 1_000).toBeLessThanOrEqual(61);
    expect(headers.get('ratelimit-policy')).toBe('"auth";q=3;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"auth";r=0;t=\d+$/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.call('GET', '/api/v1/instance', undefined, from('198.51.100.1'))).status).toBe(200);
  });

  test('unknown and refused requests are counted too, before anybody looks at the token', async () => {
    const paths = ['/api/v1/nothing', '/nothing', '/api/v1/user/profile', '/%61pi/v1/instance', '/api/v1/instance'];
    for (const path of paths) {
      const { headers } = await app.call('GET', path, undefined, from('198.51.100.2'));
      expect(headers.get('ratelimit-policy')).toBe('"general";q=5;w=60');
    }
    const refused = await app.call('GET', '/api/v1/user/profile', undefined, from('198.51.100.2'));
    expect(refused.status).toBe(429);
    expect((await app.call('GET', '/%61pi/v1/instance', undefined, from('198.51.100.2'))).status).toBe(429);
  });

  test('one address does not spend the budget of another; one IPv6 network is one caller', async () => {
    for (let index = 0; index < 5; index += 1) {
      await app.call('GET', '/api/v1/instance', undefined, from(`2001:db8::${index}`));
    }
    expect((await app.call('GET', '/api/v1/instance', undefined, from('2001:db8::ffff'))).status).toBe(429);
    expect((await app.call('GET', '/api/v1/instance', undefined, from('2001:db8:0:1::'))).status).toBe(200);
  });

  test('health, documentation and the mailbox are not counted', async () => {
    for (const path of ['/healthz', '/docs/client.json', '/dev/mailbox/messages']) {
      for (let index = 0; index < 6; index += 1) {
        const { status, headers } = await app.call('GET', path, undefined, from('198.51.100.4'));
        expect(status).toBe(200);
        expect(headers.has('x-ratelimit-limit')).toBe(false);
      }
    }
  });
});
