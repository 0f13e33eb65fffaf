import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { meetByInspector } from '../support/clients/inspector.js';
import { meetByMcpRemote } from '../support/clients/mcp-remote.js';
import type { Meeting } from '../support/clients/meeting.js';
import { placeBrowser } from '../support/clients/outside-browser.js';
import { meetBySdkOne } from '../support/clients/sdk-one.js';
import { meetBySdkTwo } from '../support/clients/sdk-two.js';
import { OAuthBrowser } from '../support/oauth-browser.js';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/upstreams/conformance-upstream.js';

const CLIENTS = [
  ['a program on version 1 of the official SDK', meetBySdkOne],
  ['a program on version 2 of the official SDK', meetBySdkTwo],
  ['mcp-remote', meetByMcpRemote],
  ['the command line of MCP Inspector', meetByInspector],
] as const;

const TEXT = 'This is a simple text response for testing.';

let app: TestApp;
let upstream: ConformanceUpstream;
let ada: Person;
let serverId: string;
let folder: string;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startConformanceUpstream()]);
  ada = await app.signIn();
  serverId = (await app.addServer(ada, upstream.url, { name: 'Everything', approval_policy: 'auto_approve' })).id;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-client-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function meetingAt(path: string): Promise<Meeting> {
  return {
    // Under its public name: a client takes no credential for another place than it went to.
    mcpUrl: `${app.url.replace('127.0.0.1', 'localhost')}${path}`,
    browse: (address) => new OAuthBrowser(app.url, ada.token).authorize(address),
    folder,
    browser: await placeBrowser(folder, app.url, ada.token),
  };
}

describe.each(CLIENTS)('%s', (_name, meet) => {
  test('signs in, lists the tools of all servers and calls one', async () => {
    const met = await meet(await meetingAt('/mcp'));
    expect(met.text).toBe(TEXT);
    expect(met.tools).toContain('everything__test_simple_text');
  }, 90_000);

  test('signs in to one server, whose tools have their own names', async () => {
    const met = await meet(await meetingAt(`/mcp/s/${serverId}`));
    expect(met.text).toBe(TEXT);
    expect(met.tools).toContain('test_tool_with_progress');
  }, 90_000);
});

test('a program on version 2 of the official SDK speaks the newer era', async () => {
  expect((await meetBySdkTwo(await meetingAt('/mcp'))).version).toBe('2026-07-28');
});
