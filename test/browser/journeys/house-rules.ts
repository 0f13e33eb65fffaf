import { faultsOf } from '../support/axe.js';
import { type Stage, tab, task, type Visit } from '../support/stage.js';
import { SMALL_TARGETS } from '../support/touch.js';

/** What holds wherever one is. */
export function keepsTheHouseRules(onStage: () => Stage): void {
  let visit: Visit;
  let session: string;
  let server: string;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
    const { servers } = await visit.ask<{ servers: { id: string }[] }>('/api/v1/servers');
    server = servers[0]?.id ?? '';
    session = await visit.say('Make a report');
    await task(visit.page, 'Write report', 'pending').waitFor();
  });
  afterAll(() => visit.close());

  const ROUTES: [name: string, path: () => string, there: string][] = [
    ['home', () => '/', 'Recent sessions'],
    ['servers', () => '/servers', 'Demo server'],
    ['add a server', () => '/servers/new', 'Save server'],
    ['a server', () => `/servers/${server}`, 'query_signups'],
    ['usage', () => '/usage', 'Budgets of the day'],
    ['settings', () => '/settings', 'Mail me when'],
    ['appearance', () => '/settings/appearance', 'Density'],
    ['password', () => '/settings/password', 'Mail me a link'],
    ['credentials', () => '/settings/credentials', 'this browser'],
    ['API keys', () => '/settings/keys', 'No keys yet'],
    ['organization', () => '/settings/organization', 'Your organizations'],
    ['members', () => '/settings/members', 'Nobody is invited'],
    ['activity', () => '/settings/activity', 'way: code'],
    ['access to a server', () => `/servers/${server}?tab=access`, 'It is for'],
    ['a tool', () => `/servers/${server}/tools/query_signups`, 'The result appears here'],
    ['resources', () => `/servers/${server}?tab=resources`, 'Read'],
    ['approvals', () => '/approvals', 'Write report'],
    ['what was decided', () => '/approvals?tab=decided', 'Nothing was decided'],
    ['what is remembered', () => '/approvals?tab=remembered', 'Nothing is remembered'],
    ['request logs', () => '/logs', 'query_signups'],
    ['the catalogue', () => '/catalogue', 'Demo server'],
    ['connect', () => '/connect', 'claude mcp add'],
    ['toolsets', () => '/toolsets', 'No toolsets yet'],
    ['a new toolset', () => '/toolsets/new', 'What a client sees'],
    ['webhooks', () => '/settings/webhooks', 'No webhooks yet'],
    ['export and import', () => '/settings/transfer', 'Export'],
    ['the claim of the instance', () => '/claim', 'Become its administrator'],
    ['a link that is over', () => '/link/reset-password#nothing', 'does not work any more'],
    ['a session', () => `/s/${session}`, 'Write report'],
    ['an unknown page', () => '/nowhere', 'There is no such page'],
    ['an unknown session', () => '/s/ses_nowhere', 'There is no such session'],
    ['an unknown server', () => '/servers/mcp_nowhere', 'There is no such server'],
  ];

  test.each(ROUTES)('%s has no serious fault for assistive technology', async (_name, path, there) => {
    const { page } = visit;
    await page.goto(path());
    await page.getByText(there).first().waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('each script comes packed to a client that unpacks it, and as it is to others', async () => {
    const { url } = onStage().app;
    const index = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(index) ?? [];
    const get = (encoding: string) => fetch(url + script, { headers: { 'accept-encoding': encoding } });
    const [packed, plain] = [await get('br'), await get('identity')];
    expect([packed, plain].map(({ headers }) => headers.get('content-encoding'))).toEqual(['br', null]);
    expect(packed.headers.get('vary')).toBe('accept-encoding');
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')) / 2);
    expect(await packed.text()).toBe(await plain.text());
  });

  test('neither has a sheet that opens over a session', async () => {
    const { page } = visit;
    await page.goto(`/s/${session}`);
    await task(page, 'Write report', 'pending').click();
    for (const key of ['Shift+A', 'Enter', 'e', 'n', '?', 'Control+k']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'model offline-planner' }).click();
    await page.getByText('rules, no network').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('neither has the sign-in page, nor any pane on a phone', async () => {
    const phone = await onStage().visit({ phone: true });
    const { page } = phone;
    await page.goto('/sign-in');
    await page.getByTestId('email').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await phone.signIn();
    await phone.say('Make a report');
    await page.getByRole('button', { name: 'Review', exact: true }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
    for (const name of ['plan', 'logs', 'files']) {
      await tab(page, name).tap();
      expect(await faultsOf(page)).toEqual([]);
      expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
    }
    expect(phone.complaints).toEqual([]);
    await phone.close();
  });

  test('a deep link leads through the sign-in to where it meant', async () => {
    const guest = await onStage().visit();
    await guest.page.goto('/servers/new');
    await guest.page.getByTestId('email').fill(guest.email);
    await guest.page.keyboard.press('Enter');
    await guest.page.getByTestId('otp').fill(await onStage().app.mailbox.codeFor(guest.email));
    await guest.page.waitForURL('/servers/new');
    await guest.page.getByTestId('paste').waitFor();
    await guest.close();
  });

  test('nothing complained, left the origin, or broke the content policy but for what was not found', () => {
    expect(visit.complaints.filter((one) => !/\b(404|410)\b/.test(one))).toEqual([]);
  });

  test('an empty session says so, pane by pane', async () => {
    const { page } = visit;
    await page.goto('/');
    await page.getByRole('button', { name: 'Open session' }).click();
    for (const words of ['Nothing said yet', 'No plan yet', 'Nothing logged yet', 'Files made by tasks appear here']) {
      await page.getByText(words).waitFor();
    }
  });
}
