import { faultsOf } from '../support/axe.js';
import type { Stage, Visit } from '../support/stage.js';

/** Adding, testing and deleting servers. */
export function registersServers(onStage: () => Stage): void {
  let visit: Visit;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
  });
  afterAll(() => visit.close());

  test('a test that fails says which check, and what to try', async () => {
    const { page } = visit;
    await page.goto('/servers/new');
    await page.getByTestId('paste').fill('http://127.0.0.1:9/mcp');
    await page.getByRole('button', { name: 'Test connection' }).click();
    const network = page.getByTestId('checks').locator('li[data-status=failed]');
    await network.getByText('network').waitFor();
    await network.getByText('Try:').waitFor();
    expect(await page.getByTestId('checks').locator('li[data-status=passed]').count()).toBe(1);
    expect(await page.getByTestId('checks').locator('li').count()).toBe(9);
    await page.getByText(/request req_/).waitFor();
  });

  test('a server comes from a pasted mcp.json, is tested, saved and found online', async () => {
    const { page } = visit;
    const { servers } = await visit.ask<{ servers: { url: string }[] }>('/api/v1/servers');
    await page.goto('/servers/new');
    await page.getByTestId('paste').fill(JSON.stringify({ mcpServers: { pasted: { url: servers[0]?.url } } }));
    expect(await page.locator('[name=name]').inputValue()).toBe('pasted');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('It works').waitFor();
    await page.getByRole('button', { name: 'Save server' }).click();
    await page.getByRole('heading', { name: 'pasted' }).waitFor();
    await page.getByRole('tab', { name: /tools 18/ }).click();
    await page
      .getByText(/models \d+\/100/)
      .first()
      .waitFor();
  });

  test('what a server may ask of clients is chosen, and kept', async () => {
    const { page } = visit;
    await page.goto('/servers');
    await page.getByRole('link', { name: 'pasted' }).click();
    await page.getByRole('tab', { name: 'settings' }).click();
    await page.getByText('what it may ask of clients').click();
    await page
      .getByRole('group', { name: 'May ask MCP clients for' })
      .getByLabel(/^sampling/)
      .check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await page.getByText('what it may ask of clients').click();
    expect(await page.getByLabel(/^sampling/).isChecked()).toBe(true);
    expect(await page.getByLabel(/^folders/).isChecked()).toBe(false);
    expect(await faultsOf(page)).toEqual([]);
  });

  test('what was typed and not saved is not lost without a word', async () => {
    const { page } = visit;
    const asked = page.getByTestId('unsaved');
    await page.goto('/servers');
    await page.getByRole('link', { name: 'pasted' }).click();
    await page.getByRole('tab', { name: 'settings' }).click();
    const name = page.locator('[name=name]');
    await name.fill('renamed');
    await page.getByRole('tab', { name: /tools 18/ }).click();
    await asked.getByRole('button', { name: 'Stay' }).click();
    expect(await name.inputValue()).toBe('renamed');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Discard changes' }).click();
    expect(await name.inputValue()).toBe('pasted');
    await page.getByRole('tab', { name: /tools 18/ }).click();
    await name.waitFor({ state: 'detached' });

    await page.goto('/servers/new');
    await name.fill('Another');
    await page.getByRole('link', { name: 'Servers' }).first().click();
    await asked.getByRole('button', { name: 'Leave, and lose them' }).click();
    await page.getByRole('link', { name: 'Demo server' }).waitFor();
  });

  test('a server is deleted, once its name is typed where sessions use it', async () => {
    const { page } = visit;
    await page.goto('/servers');
    await page.getByRole('link', { name: 'pasted' }).click();
    await page.getByRole('button', { name: 'Open session' }).click();
    await page.getByTestId('composer').waitFor();
    await page.goto('/servers');
    await page.getByRole('link', { name: 'pasted' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    const sure = page.getByRole('button', { name: 'Delete server' });
    const name = page.getByRole('dialog').getByRole('textbox');
    await name.waitFor();
    expect(await sure.isDisabled()).toBe(true);
    await name.fill('pasted');
    await sure.click();
    await page.waitForURL('/servers');
    await page.getByRole('link', { name: 'Demo server' }).waitFor();
    // The list of before may be on the page for a moment.
    await page.getByRole('link', { name: 'pasted' }).waitFor({ state: 'detached' });
  });
}
