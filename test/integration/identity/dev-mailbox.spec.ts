import { type IdentityApp, startIdentityApp } from './identity-app.js';
import { sendRaw } from './raw-http.js';

describe('the development mailbox', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp({ TRUST_PROXY: 'true' });
  });

  afterAll(() => app.close());

  const messages = async (query = '') => {
    const answer = await fetch(`${app.url}/dev/mailbox/messages${query}`);
    return { status: answer.status, mails: (await answer.json()) as Record<string, unknown>[] };
  };

  test('lists mails newest first, of one address in any spelling', async () => {
    await app.signIn('first@example.com');
    await app.signIn('second@example.com');
    const { mails } = await messages();
    expect(mails.map(({ to }) => to)).toEqual(['second@example.com', 'first@example.com']);
    const { mails: own } = await messages('?to=First%40EXAMPLE.com');
    expect(own).toEqual([
      {
        to: 'first@example.com',
        subject: 'Your sign-in code for Switchyard',
        code: expect.stringMatching(/^\d{6}$/) as string,
        link: null,
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    ]);
    expect((await messages('?to=nobody')).mails).toEqual([]);
    expect((await messages('?form=x')).status).toBe(400);
  });

  test('is a page with its script and styles from this origin', async () => {
    const page = await fetch(`${app.url}/dev/mailbox`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).not.toMatch(/<script>|style="|https?:\/\//);
    for (const [file, type] of [
      ['mailbox.js', 'text/javascript; charset=utf-8'],
      ['mailbox.css', 'text/css; charset=utf-8'],
    ]) {
      expect((await fetch(`${app.url}/dev/mailbox/${file}`)).headers.get('content-type')).toBe(type);
    }
  });

  test('keeps the last two hundred mails', async () => {
    await app.database.sql(
      `insert into dev_mails (recipient, subject, body, kept_at)
       select 'many@example.com', 'n', 'n', now() from generate_series(1, 500)`,
    );
    await app.signIn('last@example.com');
    expect(await app.database.sql('select count(*)::int as count from dev_mails')).toEqual([{ count: 200 }]);
  });

  test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'localhost@evil.example', '192.168.1.5'])(
    'is not there under the name %s',
    async (host) => {
      const answer = await sendRaw(
        app.url,
        `GET /dev/mailbox/messages HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('ROUTE_NOT_FOUND');
    },
  );

  test('looks at the peer, not at what a proxy says', async () => {
    const answer = await fetch(`${app.url}/dev/mailbox`, { headers: { 'x-forwarded-for': '203.0.113.5' } });
    expect(answer.status).toBe(200);
  });
});

test('where a mail transport is set there is no mailbox', async () => {
  const app = await startIdentityApp({ SMTP_URL: 'smtp://127.0.0.1:1' });
  try {
    expect((await app.call('GET', '/dev/mailbox')).status).toBe(404);
    expect((await app.call('GET', '/dev/mailbox/messages')).status).toBe(404);
    expect((await app.call('GET', '/api/v1/instance')).body.dev_mailbox).toBe(false);
  } finally {
    await app.close();
  }
});
