import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { browserOf, newPkce, RawClient } from './support.js';

/** A client of the web, whose consent is remembered, and who has to ask again once it was ended, wherever that was said. */

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.stop(), 30_000);

async function isRemembered(client: RawClient, person: Person): Promise<boolean | undefined> {
  const browser = browserOf(app, person);
  const { uid = '' } = await browser.open(client.authorizeUrl(newPkce()));
  return (await browser.ask(uid)).organizations[0]?.remembered;
}

async function idOf(person: Person): Promise<string> {
  const { body } = await person.call<{ clients: { id: string }[] }>('GET', '/connected-clients');
  return body.clients[0]?.id ?? '';
}

test.each([
  [
    'among the connected clients',
    async (person: Person) => person.call('DELETE', `/connected-clients/${await idOf(person)}`),
  ],
  ['among all credentials', async (person: Person) => person.call('DELETE', `/user/credentials/${await idOf(person)}`)],
  ['with all others at once', async (person: Person) => person.call('POST', '/user/credentials/revoke-all')],
])('ended %s it asks again', async (_where, end) => {
  const person = await app.signIn();
  const client = await RawClient.register(app, { redirect_uris: ['https://client.example/callback'] });
  await client.connect(person);
  expect(await isRemembered(client, person)).toBe(true);
  expect((await end(person)).status).toBe(200);
  expect(await isRemembered(client, person)).toBe(false);
});

test('who ends sign-ins only, and no programs, is not asked again', async () => {
  const person = await app.signIn();
  const client = await RawClient.register(app, { redirect_uris: ['https://client.example/callback'] });
  await client.connect(person);
  await person.call('POST', '/user/credentials/revoke-all', { include_keys: false });
  expect(await isRemembered(client, person)).toBe(true);
});
