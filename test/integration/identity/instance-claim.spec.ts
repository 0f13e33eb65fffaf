import { canonicalEmail } from '../../../src/core/identity/email-address.js';
import { InstanceClaimService } from '../../../src/core/identity/instance-claim.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { newAddress, PASSWORD } from './password-people.js';

/** As one that a proxy passed on: not from this machine. */
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };
const FAR = { isThisMachine: false };

let app: TestApp;
let claims: InstanceClaimService;

beforeAll(async () => {
  app = await startTestApp();
  claims = app.get(InstanceClaimService);
});
afterAll(async () => app.stop());

const setup = (claim: { isThisMachine: boolean; code?: string }, email = newAddress()) =>
  claims.setup({ email, password: PASSWORD, username: 'Root' }, claim, { ip: '127.0.0.1' });

const instance = (headers = {}) => app.api('GET', '/api/v1/instance', { headers }).then(({ body }) => body);

test('a fresh instance says that nobody administers it, and from where that takes a code', async () => {
  expect(await instance()).toMatchObject({ claimed: false, claim_needs_code: false });
  expect(await instance(ELSEWHERE)).toMatchObject({ claimed: false, claim_needs_code: true });
  expect(await instance({ forwarded: 'for=127.0.0.1' })).toMatchObject({ claim_needs_code: true });
});

test('from elsewhere it takes the code that was printed', async () => {
  const person = await app.signIn();
  const claim = (body: object) =>
    app.api('POST', '/api/v1/instance/claim', { token: person.token, body, headers: ELSEWHERE });
  expect(await claim({})).toMatchObject({ status: 403, body: { code: 'CLAIM_CODE_NEEDED' } });
  const wrong = await claim({ claim_code: '0000-0000-0000-0000' });
  expect(wrong).toMatchObject({ status: 403, body: { code: 'CLAIM_CODE_WRONG' } });
  await expect(setup(FAR)).rejects.toMatchObject({ code: 'CLAIM_CODE_NEEDED' });
  await expect(setup({ ...FAR, code: '1' })).rejects.toMatchObject({ code: 'CLAIM_CODE_WRONG' });
  expect(await instance()).toMatchObject({ claimed: false });
});

test('an address that has an account is told to sign in', async () => {
  const { email } = await app.signIn();
  await expect(setup({ isThisMachine: true }, canonicalEmail(email))).rejects.toMatchObject({ code: 'ACCOUNT_EXISTS' });
  await expect(setup({ isThisMachine: true }, 'nobody')).rejects.toMatchObject({ kind: 'invalid' });
});

test('of a hundred that come at once, by both ways, one becomes the administrator; nobody does after them', async () => {
  const code = await claims.codeToPrint();
  const people = await Promise.all(Array.from({ length: 4 }, () => app.signIn()));
  const answers = await Promise.allSettled([
    ...Array.from({ length: 46 }, () => setup({ ...FAR, code: code?.toLowerCase() ?? '' })),
    ...Array.from({ length: 54 }, async (_, index) => {
      const claimed = await app.api('POST', '/api/v1/instance/claim', {
        token: people[index % 4]?.token ?? '',
        body: {},
      });
      if (claimed.status !== 200) throw new Error(String(claimed.body.code));
      expect(claimed.body).toEqual({ status: 'claimed' });
    }),
  ]);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const rows = await app.get(Database).sql('select id from users where instance_administrator');
  expect(rows).toHaveLength(1);

  expect(await instance()).toMatchObject({ claimed: true });
  expect(await claims.codeToPrint()).toBeUndefined();
  await expect(setup({ isThisMachine: true })).rejects.toMatchObject({ kind: 'conflict', code: 'INSTANCE_CLAIMED' });
  const late = await people[0]?.call('POST', '/instance/claim', {});
  expect(late).toMatchObject({ status: 409, body: { code: 'INSTANCE_CLAIMED' } });
});
