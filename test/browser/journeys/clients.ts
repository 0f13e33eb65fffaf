import { faultsOf } from '../support/axe.js';
import type { Stage, Visit } from '../support/stage.js';

/** Clients of the gateway: what they are told, what they find, and who may call it. */
export function connectsClients(onStage: () => Stage): void {
  let visit: Visit;
  let demo: string;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
    const { servers } = await visit.ask<{ servers: { id: string }[] }>('/api/v1/servers');
    demo = servers[0]?.id ?? '';
  });
  afterAll(() => visit.close());

  test('a client is chosen, and what it needs is there to copy', async () => {
    const { page } = visit;
    await page.goto('/');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connect' }).click();
    const setups = page.getByTestId('setups');
    await setups.getByText(/claude mcp add --transport http switchyard http/).waitFor();
    await page.getByText('Only clients on the machine of this instance').waitFor();
    await page.getByRole('button', { name: 'Codex', exact: true }).click();
    await setups.getByText('[mcp_servers.switchyard]').waitFor();
    await page.getByRole('button', { name: 'by an API key' }).click();
    await setups.getByText('bearer_token_env_var').waitFor();
    await page.getByLabel('Connect it to').selectOption({ label: 'Demo server' });
    await setups.getByText('[mcp_servers.switchyard-demo-server]').waitFor();
    await setups.getByText(`/mcp/s/${demo}`).first().waitFor();
    expect(new URL(page.url()).searchParams.get('client')).toBe('codex');
    await page.getByRole('button', { name: 'Cursor', exact: true }).click();
    const link = setups.getByRole('link', { name: 'Install in Cursor' });
    expect(await link.getAttribute('href')).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?name=/);
    expect(await faultsOf(page)).toEqual([]);
  });

  test('a toolset is made of tools that are found, renamed and hidden, and connected', async () => {
    const { page } = visit;
    await page.goto('/toolsets');
    await page.getByText('No toolsets yet').waitFor();
    await page.getByRole('link', { name: 'New toolset' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Sign-up reports');
    expect(await page.getByLabel('Handle').inputValue()).toBe('sign-up-reports');
    await page.getByLabel('Find tools to add').fill('signups');
    await page.getByRole('button', { name: 'Add query_signups of Demo server' }).click();
    await page.getByLabel('Find tools to add').fill('echo');
    await page.getByRole('button', { name: 'Add echo of Demo server' }).click();
    await page.getByTestId('offer-size').getByText('2 tools').waitFor();
    await page.getByRole('button', { name: 'Hide echo of Demo server' }).click();
    await page.getByTestId('offer-size').getByText('1 tool,').waitFor();
    await page.getByRole('button', { name: 'Rename query_signups' }).click();
    await page.getByLabel('Name for clients').fill('sign_ups');
    await page.getByLabel('Description for models').fill('Counts of this team only.');
    await page.getByTestId('offered').getByText('Counts of this team only.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make toolset' }).click();
    await page.getByRole('heading', { name: 'Sign-up reports' }).waitFor();
    await page.getByText('/mcp/t/sign-up-reports').first().waitFor();
    await page.getByTestId('offered').getByText('sign_ups').waitFor();
    await page.getByRole('link', { name: 'Connect a client' }).click();
    await page
      .getByTestId('setups')
      .getByText(/switchyard-sign-up-reports http.*\/mcp\/t\/sign-up-reports/)
      .waitFor();
  });

  test('what cannot be saved says at which field, and what collides says so before', async () => {
    const { page } = visit;
    await page.goto('/toolsets/new');
    await page.getByLabel('Name', { exact: true }).fill('Another');
    await page.getByLabel('Handle').fill('sign-up-reports');
    await page.getByLabel('Server', { exact: true }).selectOption({ label: 'Demo server' });
    await page.getByRole('button', { name: 'Add all' }).click();
    await page.getByLabel('Find tools to add').fill('query signups');
    await page.getByRole('button', { name: 'Add query_signups of Demo server' }).click();
    await page.getByRole('button', { name: 'Rename query_signups' }).click();
    await page.getByLabel('Name for clients').fill('echo');
    await page.getByText('echo is the name of another tool here, too').waitFor();
    await page.getByLabel('Name for clients').fill('');
    await page.getByRole('button', { name: 'Make toolset' }).click();
    await page.getByText('is taken').first().waitFor();
  });

  test('changes that are not kept can be thrown away, and nobody is told that they are kept', async () => {
    const { page } = visit;
    await page.goto('/toolsets');
    await page.getByRole('link', { name: 'Sign-up reports', exact: true }).click();
    const description = page.getByLabel('Description', { exact: true });
    expect(await page.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true);
    await description.fill('For the morning');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved. Clients have it').waitFor();
    await description.fill('For nobody');
    await page.getByText('Saved. Clients have it').waitFor({ state: 'detached' });
    const asked = page.getByTestId('unsaved');
    await page.getByRole('link', { name: 'Toolsets' }).first().click();
    await asked.getByRole('button', { name: 'Stay' }).click();
    await page.goBack();
    await asked.waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    expect(await description.inputValue()).toBe('For nobody');
    // Of a tab that is closed the browser asks, in words of its own.
    const closing = page.waitForEvent('dialog');
    await Promise.all([closing.then((dialog) => dialog.dismiss()), page.close({ runBeforeUnload: true })]);
    expect((await closing).type()).toBe('beforeunload');
    await page.getByRole('button', { name: 'Discard changes' }).click();
    expect(await description.inputValue()).toBe('For the morning');
    await page.getByLabel('only some, by role').check();
    for (const role of ['owner', 'admin']) await page.getByLabel(role, { exact: true }).uncheck();
    await page.getByText('Nobody would be offered it').waitFor();
    await page.getByRole('link', { name: 'Toolsets' }).first().click();
    await asked.getByRole('button', { name: 'Leave, and lose them' }).click();
    await page.getByRole('heading', { name: 'Toolsets' }).waitFor();
  });

  test('what is not there any more says so, and where to go on', async () => {
    const { page } = visit;
    await page.goto('/connect?toolset=tst_nowhere');
    await page.getByRole('alert').getByText('There is no such toolset').waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Connect to all servers' }).click();
    await page.getByTestId('setups').waitFor();
    await page.goto('/toolsets/tst_nowhere');
    await page.getByRole('link', { name: 'All toolsets' }).click();
    await page.getByRole('heading', { name: 'Toolsets' }).waitFor();
  });

  test('a toolset is deleted after a question', async () => {
    const { page } = visit;
    await page.goto('/toolsets');
    await page.getByRole('link', { name: 'Sign-up reports', exact: true }).click();
    await page.getByRole('button', { name: 'Delete toolset Sign-up reports' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No toolsets yet').waitFor();
  });

  test('a tool is kept for some, and marked where it is listed', async () => {
    const { page } = visit;
    await page.goto(`/servers/${demo}/tools/echo?tab=definition`);
    await page.getByLabel('Who may call it').selectOption({ label: 'only people who are named' });
    await page.getByText('not for you').waitFor();
    await page.goto(`/servers/${demo}`);
    await page.locator('[data-tool=echo]').getByText('not for you').waitFor();
    await page.goto(`/servers/${demo}/tools/echo?tab=definition`);
    await page.getByLabel('Who may call it').selectOption({ label: 'whoever may use the server' });
    await page.getByText('not for you').waitFor({ state: 'detached' });
  });

  test('a key is made for one tool, and says so', async () => {
    const { page } = visit;
    await page.goto('/settings/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('one tool');
    await page.getByLabel('only some tools').check();
    expect(await page.getByRole('button', { name: 'Make key' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'some tools of Demo server' }).click();
    await page.getByTestId('reach').getByLabel('echo', { exact: true }).check();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make key' }).click();
    await page
      .getByText(/mcp_sk_/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('keys').getByText('limited to 1 tool').waitFor();
  });
}
