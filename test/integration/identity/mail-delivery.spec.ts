import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type IdentityApp, startIdentityApp } from './identity-app.js';

/** Takes mails by SMTP; the first one it refuses for the moment. */
class FlakyMailServer {
  readonly mails: string[] = [];
  refused = 0;
  private waiting: (() => void)[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (this.refused === 0) {
          this.refused += 1;
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
          return;
        }
        this.mails.push(Buffer.concat(chunks).toString());
        done();
        for (const wake of this.waiting.splice(0)) wake();
      });
    },
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server.server, 'listening');
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  async next(): Promise<string> {
    if (this.mails.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.mails.shift() ?? '';
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('mail by SMTP', () => {
  const server = new FlakyMailServer();
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp({ SMTP_URL: await server.start(), MAIL_FROM: 'Desk <desk@example.com>' });
  });

  afterAll(async () => {
    await app.close();
    await server.close();
  });

  test('a code whose first delivery fails comes with the next try, and the failure is logged without it', async () => {
    const answer = await app.call('POST', '/api/v1/auth/otp/request', { email: 'ada@example.com' });
    expect(answer.status).toBe(200);
    const mail = await server.next();
    expect(server.refused).toBe(1);
    expect(mail).toMatch(/^From: Desk <desk@example\.com>\r\nTo: ada@example\.com\r\n/m);
    const code = /Your sign-in code is (\d{6})\./.exec(mail)?.[1] ?? '';

    const failure = app.logLines.find((line) => line.includes('job failed'));
    expect(failure).toContain('identity.send_code');
    expect(app.logLines.join('')).not.toContain(code);

    const signedIn = await app.call('POST', '/api/v1/auth/otp/verify', { email: 'ada@example.com', code });
    expect(signedIn.status).toBe(200);
  });
});
