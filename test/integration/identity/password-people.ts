import { randomBytes } from 'node:crypto';
import { RegistrationsService } from '../../../src/core/identity/registrations.service.js';
import { type Answer, eventually, type TestApp } from '../../support/app.js';

export interface Mail {
  subject: string;
  link: string | null;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  is_new_user: boolean;
  user: { id: string; email: string };
}

export interface Problem {
  code: string;
  errors: { path: string; code: string }[];
}

export const PASSWORD = 'a fine long secret';
export const OTHER = 'another fine secret';

export const newAddress = (): string => `somebody-${randomBytes(6).toString('hex')}@example.com`;

export const refused = ({ status, body }: Answer<Problem>) => [
  status,
  body.code,
  body.errors[0]?.path,
  body.errors[0]?.code,
];

/** What people with passwords do, from outside. */
export function passwordPeople(app: TestApp) {
  const post = <Body = Problem>(path: string, body: unknown): Promise<Answer<Body>> =>
    app.api<Body>('POST', `/api/v1${path}`, { body });

  const login = (email: string, password: string) =>
    post<Tokens & Problem>('/auth/password/login', { email, password });

  const mails = (email: string): Promise<Mail[]> =>
    app.api<Mail[]>('GET', `/dev/mailbox/messages?to=${email}`).then(({ body }) => body);

  /** The token of the link in the first mail after the `known` ones that fits. */
  const linkIn = async (email: string, subject: RegExp, known = 0): Promise<string> => {
    const found = await eventually(
      async () => (await mails(email)).slice(0, -known || undefined).find((mail) => subject.test(mail.subject)),
      (mail) => mail !== undefined,
    );
    return found?.link?.split('#')[1] ?? '';
  };

  /** @returns the token of the link that confirms it */
  const register = async (email: string, password = PASSWORD): Promise<string> => {
    const known = (await mails(email)).length;
    await app.get(RegistrationsService).register({ email, password, firstName: 'Ada', organizationName: 'Engines' });
    return linkIn(email, /Confirm your address/, known);
  };

  const account = async (): Promise<{ email: string; tokens: Tokens }> => {
    const email = newAddress();
    await post('/auth/email/verify', { token: await register(email) });
    return { email, tokens: (await login(email, PASSWORD)).body };
  };

  const profile = (token: string): Promise<number> =>
    app.api('GET', '/api/v1/user/profile', { token }).then(({ status }) => status);

  return { post, login, mails, linkIn, register, account, profile };
}
