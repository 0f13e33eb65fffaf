import { type ListingUpstream, startListingUpstream } from '../../support/upstreams/listing-upstream.js';
import type { Stage, Visit } from '../support/stage.js';
import { SMALL_TARGETS, TOO_WIDE } from '../support/touch.js';

const HOSTILE = '<img src=x onerror=alert(1)> \u202Egpj.exe';
const LONGEST_TOOL = 'a'.repeat(128);
const schema = { type: 'object', properties: {} };

/** With the longest and the most hostile names, under fingers and without a mouse. */
export function keepsItsShape(onStage: () => Stage): void {
  let visit: Visit;
  let upstream: ListingUpstream;
  let server: string;
  let toolset: string;
  let approval: string;
  const dialogs: string[] = [];
  beforeAll(async () => {
    upstream = await startListingUpstream([
      { name: LONGEST_TOOL, description: HOSTILE.repeat(20), inputSchema: schema },
      { name: 'plain', description: 'A plain one.', inputSchema: schema },
    ]);
    visit = await onStage().visit({ phone: true });
    visit.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await visit.signIn();
    const name = `${HOSTILE} ${'N'.repeat(60)}`;
    server = (
      await visit.send<{ id: string }>('POST', '/api/v1/servers', { name, url: upstream.url, auth_method: 'none' })
    ).id;
    await visit.page.goto(`/servers/${server}`);
    await visit.page.getByText(LONGEST_TOOL).first().waitFor();
    const entries = [{ server_id: server, tool: LONGEST_TOOL }];
    const wanted = { name: 'T'.repeat(100), handle: 'h'.repeat(48), description: 'D'.repeat(300), entries };
    await visit.send('POST', '/api/v1/servers', { name: 'S'.repeat(60), url: upstream.url, auth_method: 'oauth' });
    const scopes = ['mcp:read', 'mcp:execute'];
    const { api_key: key } = await visit.send<{ api_key: { key: string } }>('POST', '/api/v1/user/api-keys', {
      name: `<img src=x onerror=alert(1)> ${'K'.repeat(60)}`,
      scopes,
    });
    const held = await onStage().app.api<{ data: { approvalId: string } }>('POST', '/v1/mcp/execute/tool', {
      token: key.key,
      body: { serviceId: server, toolName: 'plain', parameters: {} },
    });
    approval = held.body.data.approvalId;
    toolset = (await visit.send<{ id: string }>('POST', '/api/v1/toolsets', wanted)).id;
  });
  afterAll(async () => {
    await visit.close();
    await upstream.close();
    expect(dialogs).toEqual([]);
    expect(visit.complaints.filter((one) => !/\b404\b/.test(one))).toEqual([]);
  });

  test.each([
    ['the servers', () => '/servers', HOSTILE.slice(0, 20)],
    ['home', () => '/', 'Connect account'],
    ['a server', () => `/servers/${server}`, LONGEST_TOOL],
    ['its settings', () => `/servers/${server}?tab=settings`, 'Save changes'],
    ['who may call a tool', () => `/servers/${server}/tools/${LONGEST_TOOL}?tab=definition`, 'Who may call it'],
    ['how to connect', () => `/connect?server=${server}&client=curl&auth=api_key`, 'curl http'],
    ['the toolsets', () => '/toolsets', 'TTTT'],
    ['a toolset', () => `/toolsets/${toolset}`, LONGEST_TOOL],
    ['a new toolset', () => '/toolsets/new', 'No tools yet'],
    ['the inbox', () => '/approvals', 'KKKK'],
    ['a request of a program', () => `/approvals/${approval}`, 'Approve once'],
    ['credentials', () => '/settings/credentials', 'No client is connected'],
  ])('%s: no wider than a phone, nothing too small for a finger', async (_name, path, there) => {
    const { page } = visit;
    await page.goto(path());
    await page.getByText(there).first().waitFor();
    expect(await page.evaluate(TOO_WIDE)).toBe(0);
    expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toContain('\u202E');
  });

  test('a toolset is made and deleted without a mouse', async () => {
    const { page } = visit;
    const tabTo = async (name: string) => {
      for (let steps = 0; steps < 60; steps += 1) {
        await page.keyboard.press('Tab');
        const [label, outline] = await page.evaluate<[string, string]>(FOCUSED);
        if (label !== name) continue;
        expect(outline).not.toBe('none');
        return;
      }
      throw new Error(`No Tab leads to ${name}.`);
    };
    await page.goto('/toolsets/new');
    await page.getByRole('heading', { name: 'New toolset' }).waitFor();
    await tabTo('Name');
    await page.keyboard.type('By keys');
    await tabTo('Find tools to add');
    await page.keyboard.type('plain');
    await page.getByTestId('found').getByText('A plain one.').waitFor();
    await tabTo(`Add plain of ${HOSTILE} ${'N'.repeat(60)}`);
    await page.keyboard.press('Enter');
    await page.getByTestId('entries').getByText('plain').waitFor();
    await tabTo('Make toolset');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'By keys' }).waitFor();
    await tabTo('Delete toolset By keys');
    await page.keyboard.press('Enter');
    await page.getByText('This cannot be undone').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('/toolsets');
  });
}

/** For the page: what has the focus, and how one sees it. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  return [one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent, getComputedStyle(one).outlineStyle];
})()`;
