import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { SmtpMailer } from './smtp-mailer.js';

interface Received {
  from: string;
  to: string[];
  user: string | undefined;
  text: string;
}

const MAIL = { to: 'ada@example.com', subject: 'Your code ✓', text: 'The code is 123456.', html: '<b>123456</b>' };
const signal = () => AbortSignal.timeout(10_000);

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe('mail by SMTP', () => {
  const received: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('Wrong password')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('refused') ? done(Object.assign(new Error('No such mailbox'), { responseCode: 550 })) : done(),
    onData: (stream, { envelope, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          user: user as string | undefined,
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
  });

  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  beforeEach(() => received.splice(0));

  const mailer = (password = 'right') =>
    new SmtpMailer({
      url: `smtp://desk:${password}@127.0.0.1:${portOf(server.server)}`,
      from: 'Switchyard <no-reply@example.com>',
    });

  test('arrives signed in, from the sender, with text and HTML', async () => {
    await mailer().send(MAIL, { signal: signal() });
    expect(received).toMatchObject([{ from: 'no-reply@example.com', to: ['ada@example.com'], user: 'desk' }]);
    expect(received[0]?.text).toMatch(/^From: Switchyard <no-reply@example\.com>/m);
    expect(received[0]?.text).toContain('The code is 123456.');
    expect(received[0]?.text).toContain('<b>123456</b>');
  });

  test('goes to one mailbox, whatever the address looks like', async () => {
    const to = 'ada@example.com, eve@example.com';
    await mailer()
      .send({ ...MAIL, to }, { signal: signal() })
      .catch(() => undefined);
    expect(received.flatMap((mail) => mail.to)).not.toContain('eve@example.com');
  });

  test('fails when the server refuses the password or the mailbox', async () => {
    await expect(mailer('wrong').send(MAIL, { signal: signal() })).rejects.toThrow(/Wrong password|Invalid login/);
    await expect(mailer().send({ ...MAIL, to: 'refused@example.com' }, { signal: signal() })).rejects.toThrow(/550/);
  });

  test('fails when nobody listens', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const port = portOf(unused);
    unused.close();
    await once(unused, 'close');
    const away = new SmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'a@example.com' });
    await expect(away.send(MAIL, { signal: signal() })).rejects.toThrow(/ECONNREFUSED/);
  });

  test('a server that says nothing is left when the job ends', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const mute = new SmtpMailer({ url: `smtp://127.0.0.1:${portOf(silent)}`, from: 'a@example.com' });
    const leaving = new AbortController();
    silent.once('connection', () => leaving.abort(new Error('The process is stopping.')));
    await expect(mute.send(MAIL, { signal: leaving.signal })).rejects.toThrow('The process is stopping.');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
