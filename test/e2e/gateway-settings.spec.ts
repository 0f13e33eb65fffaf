import { IdentityService } from '../../src/core/identity/identity.service.js';
import type { Principal } from '../../src/core/identity/principal.js';
import { GatewaySettings } from '../../src/core/toolsets/gateway-settings.service.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { Organizations } from '../support/organizations.js';

let app: TestApp;
let owner: Person;
let ada: Person;
beforeAll(async () => {
  app = await startTestApp();
  owner = await app.signIn();
  ada = await new Organizations(app).join(owner, 'developer');
}, 60_000);
afterAll(() => app.stop());

const principalOf = async ({ token }: Person): Promise<Principal> =>
  app.get(IdentityService).authenticate({ scheme: 'bearer', token }, { ip: '127.0.0.1' });

test('an organization says how its clients are shown tools; a key may say otherwise', async () => {
  const read = (by: Person) => by.call('GET', '/organization/gateway').then(({ body }) => body.presentation);
  expect(await read(ada)).toBe('definitions');
  expect((await ada.call('PUT', '/organization/gateway', { presentation: 'search' })).status).toBe(403);
  await owner.call('PUT', '/organization/gateway', { presentation: 'search' });
  expect(await read(ada)).toBe('search');
  const settings = app.get(GatewaySettings);
  expect(await settings.presentationFor(await principalOf(ada))).toBe('search');
  const { key } = await makeKey(ada, { presentation: 'definitions' });
  const principal = await principalOf(new Organizations(app).withToken(ada, key));
  expect(settings.presentationFor(principal)).toBe('definitions');
});
