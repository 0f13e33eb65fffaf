import { canonicalEmail, type EmailAddress } from '../../../src/core/identity/email-address.js';
import type { LinkPurpose } from '../../../src/core/identity/mail-link.js';
import { MailLinksService } from '../../../src/core/identity/mail-links.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { eventually, startTestApp, type TestApp } from '../../support/app.js';

interface Mail {
  subject: string;
  link: string;
}

let app: TestApp;
let links: MailLinksService;
let addresses = 0;

beforeAll(async () => {
  app = await startTestApp({ OTP_COOLDOWN_SECONDS: '30' });
  links = app.get(MailLinksService);
});
afterAll(async () => app.stop());

const newAddress = (): EmailAddress => canonicalEmail(`linked-${(addresses += 1)}@example.com`) as EmailAddress;

async function newestMail(email: string, known = 0): Promise<Mail> {
  const list = () => app.api<Mail[]>('GET', `/dev/mailbox/messages?to=${email}`).then(({ body }) => body);
  const [mail] = await eventually(list, ({ length }) => length > known);
  if (!mail) throw new Error('No mail came.');
  return mail;
}

async function tokenFor(email: EmailAddress, purpose: LinkPurpose, known = 0): Promise<string> {
  app.clock.forward(31);
  await links.make({ purpose, email, details: { a: 'registration' } });
  return (await newestMail(email, known)).link.split('#')[1] ?? '';
}

test('a link leads to a page of the web client, its token behind the #, and works once of a hundred times at once', async () => {
  const email = newAddress();
  await links.make({ purpose: 'magic_link', email, details: { kept: 'here' } });
  const { link } = await newestMail(email);
  expect(link).toMatch(/^http:\/\/localhost:\d+\/link\/sign-in#[A-Za-z0-9_-]{43}$/);
  const token = link.split('#')[1] ?? '';

  expect(await links.peek(token)).toEqual({ purpose: 'magic_link', email });
  const uses = await Promise.allSettled(Array.from({ length: 100 }, () => links.use(token, 'magic_link')));
  const used = uses.filter(({ status }) => status === 'fulfilled');
  expect(used).toEqual([{ status: 'fulfilled', value: { email, details: { kept: 'here' } } }]);
  await expect(links.peek(token)).rejects.toMatchObject({ kind: 'gone', code: 'LINK_EXPIRED' });
});

test('a link of another purpose, an unknown one and one that is too old are refused alike', async () => {
  const token = await tokenFor(newAddress(), 'reset_password');
  const refusal = { kind: 'gone', code: 'LINK_EXPIRED' };
  await expect(links.use(token, 'magic_link')).rejects.toMatchObject(refusal);
  await expect(links.use('no-such-token', 'magic_link')).rejects.toMatchObject(refusal);
  await expect(links.use(`${token}A`, 'reset_password')).rejects.toMatchObject(refusal);
  app.clock.forward(30 * 60);
  await expect(links.use(token, 'reset_password')).rejects.toMatchObject(refusal);
});

test('only the newest sign-in link of an address works; links that confirm a registration do not end each other', async () => {
  const email = newAddress();
  const first = await tokenFor(email, 'magic_link');
  const second = await tokenFor(email, 'magic_link', 1);
  await expect(links.use(first, 'magic_link')).rejects.toMatchObject({ code: 'LINK_EXPIRED' });
  await links.use(second, 'magic_link');

  const confirming = await tokenFor(email, 'verify_email', 2);
  await tokenFor(email, 'verify_email', 3);
  await links.use(confirming, 'verify_email');
});

test('a use whose transaction fails leaves the link as it was', async () => {
  const token = await tokenFor(newAddress(), 'magic_link');
  const failing = app.get(Database).transaction(async () => {
    await links.use(token, 'magic_link');
    throw new Error('later');
  });
  await expect(failing).rejects.toThrow('later');
  await links.use(token, 'magic_link');
});

test('the mail says what is true: no account here, or an account already, with no link that could change it', async () => {
  const stranger = newAddress();
  await links.make({ purpose: 'reset_password', email: stranger });
  const refused = await newestMail(stranger);
  expect(refused.subject).toContain('no account');
  expect(refused.link).toMatch(/^http:\/\/localhost:\d+$/);

  const person = await app.signIn();
  const known = await app.mailbox.count(person.email);
  await links.make({ purpose: 'verify_email', email: person.email as EmailAddress, details: { a: 1 } });
  const told = await newestMail(person.email, known);
  expect(told.subject).toContain('already have an account');
  expect(told.link).toMatch(/^http:\/\/localhost:\d+$/);
});

test('nothing that is stored tells the token', async () => {
  const token = await tokenFor(newAddress(), 'magic_link');
  const [row] = await app
    .get(Database)
    .sql<{ dump: string }>(`select jsonb_agg(to_jsonb(links))::text as dump from mail_links links`);
  expect(row?.dump).toContain('magic_link');
  expect(row?.dump).not.toContain(token);
});

test('between two mails to one address lies the cooldown, whoever it is and however many come at once', async () => {
  const forgot = (email: string) =>
    app.api('POST', '/api/v1/auth/password/forgot', { body: { email } }).then(({ status }) => status);
  const person = await app.signIn();
  for (const email of [newAddress(), person.email]) {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => forgot(email)));
    expect(statuses.toSorted()).toEqual([200, ...new Array<number>(19).fill(429)]);
    app.clock.forward(31);
    expect(await forgot(email)).toBe(200);
  }
});
