import { type ProtectedUpstream, startProtectedUpstream } from '../../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../../support/oauth/scripted-authorization-server.js';
import { faultsOf } from '../support/axe.js';
import type { Stage, Visit } from '../support/stage.js';

/** Servers that one signs in to: their accounts, from the first sign-in to the last. */
export function connectsAccounts(onStage: () => Stage): void {
  let visit: Visit;
  let authorization: ScriptedAuthorizationServer;
  let upstream: ProtectedUpstream;
  beforeAll(async () => {
    authorization = await startAuthorizationServer();
    upstream = await startProtectedUpstream(authorization);
    // Where sign-ins come back to.
    visit = await onStage().visit({ url: onStage().app.url.replace('127.0.0.1', 'localhost') });
    await visit.signIn();
  });
  afterAll(async () => {
    await visit.close();
    await Promise.all([upstream.close(), authorization.close()]);
  });

  const account = () => visit.page.getByTestId('server-account');

  test('a server that one signs in to is added, and says what it needs first', async () => {
    const { page } = visit;
    await page.goto('/servers/new');
    await page.getByLabel('Name', { exact: true }).fill('Issue tracker');
    await page.getByLabel('URL', { exact: true }).fill(upstream.url);
    await page.getByLabel('Authentication').selectOption({ label: 'OAuth: an account signs in' });
    await page.locator('[name=account]').selectOption({ label: 'everybody signs in for themselves' });
    await page.getByText('client id and secret or key, scopes').click();
    await page.getByRole('group', { name: 'the redirect URI' }).getByText('/api/v1/oauth/callback').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save server' }).click();
    await account().getByText('Your account: not connected').waitFor();
    await page.getByText('sign-in needed').waitFor();
    await page.getByText('known once its account is connected').waitFor();
    expect(await page.locator('.button-primary').allInnerTexts()).toEqual(['Connect account']);
    expect(await faultsOf(page)).toEqual([]);
  });

  test('at another address of the instance one is led to the one to which sign-ins come back', async () => {
    const { page } = visit;
    const path = new URL(page.url()).pathname;
    const other = await onStage().visit({ email: visit.email });
    await other.signIn();
    await other.page.goto(path);
    const link = other.page.getByRole('link', { name: /^Open this page at localhost/ });
    expect(await link.getAttribute('href')).toBe(new URL(path, page.url()).href);
    await other.page.goto('/servers?account=failed&code=OAUTH_NOT_BEGUN');
    await other.page.getByText('not begun in this browser').waitFor();
    await other.close();
  });

  test('who is refused there is told so, and what to do', async () => {
    const { page } = visit;
    authorization.script.denies = true;
    await page.getByRole('button', { name: 'Connect account' }).click();
    await account().getByText('Connect the account again, and allow it').waitFor();
    authorization.script.denies = false;
  });

  test('who signs in comes back to its tools, and the page finds it online by itself', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'Connect account' }).click();
    await account().getByText('Your account: connected').waitFor();
    await page.getByRole('tab', { name: /tools 12/ }).waitFor();
    await page.getByText('each name begins with issue-tracker__').waitFor();
    await page.getByText('online', { exact: true }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('what would end the sign-ins is said before it is saved', async () => {
    const { page } = visit;
    await page.getByRole('tab', { name: 'settings' }).click();
    const warning = page.getByText('Saving this ends the sign-ins');
    expect(await warning.count()).toBe(0);
    await page.locator('[name=account]').selectOption({ label: 'one for all who may use the server' });
    await warning.waitFor();
    await page.locator('[name=account]').selectOption({ label: 'everybody signs in for themselves' });
    await warning.waitFor({ state: 'detached' });
  });

  test('a sign-in that counts no more is asked for again', async () => {
    const { page } = visit;
    authorization.revokeAll();
    await page.getByRole('button', { name: 'Check now' }).click();
    await account().getByText('Your account: sign-in needed').waitFor();
    await account().getByRole('button', { name: 'Sign in again' }).click();
    await account().getByText('Your account: connected').waitFor();
  });

  test('an account is disconnected after a question', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'Disconnect account' }).click();
    await account().getByText('Your calls of this server stop').waitFor();
    await page.keyboard.press('Escape');
    await account().getByText('Your account: connected').waitFor();
    await page.getByRole('button', { name: 'Disconnect account' }).click();
    await account().getByRole('button', { name: 'Disconnect', exact: true }).click();
    await account().getByText('Your account: not connected').waitFor();
  });

  test('lists say that a sign-in is needed, and lead to it', async () => {
    const { page } = visit;
    await page.getByRole('link', { name: 'Servers' }).first().click();
    const row = page.getByRole('row').filter({ hasText: 'Issue tracker' });
    await row.getByRole('link', { name: 'sign-in needed' }).waitFor();
    expect(await row.getByText(/offline|online|Open session/).count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await row.getByRole('link', { name: 'Connect account of Issue tracker' }).click();
    await account().getByRole('button', { name: 'Connect account' }).waitFor();
    await page.goto('/');
    await page.getByRole('link', { name: 'sign-in needed' }).click();
    await account().waitFor();
  });
}
