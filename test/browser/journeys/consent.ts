import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { listenHere, stopListening } from '../../support/listening.js';
import { faultsOf } from '../support/axe.js';
import { signInHere, type Stage, type Visit } from '../support/stage.js';

/** A program that waits for its answer at a port of this machine. */
class WaitingClient {
  private readonly answers: URL[] = [];
  private readonly server: Server;
  private appUri: string | undefined;
  private origin = '';
  id = '';

  constructor(private readonly product: string) {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.redirectUri);
      if (url.pathname === '/callback') this.answers.push(url);
      response.setHeader('content-type', 'text/html').end('<title>Back at the program</title>Done.');
    });
  }

  get redirectUri(): string {
    return `${this.origin}/callback`;
  }

  get answer(): URL | undefined {
    return this.answers.at(-1);
  }

  /** @param redirectUri of an app; its own port, unless given */
  async start(name: string, redirectUri?: string): Promise<void> {
    this.origin = await listenHere(this.server);
    const made = await fetch(`${this.product}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: name,
        redirect_uris: [(this.appUri = redirectUri) ?? this.redirectUri],
        token_endpoint_auth_method: 'none',
      }),
    });
    this.id = ((await made.json()) as { client_id: string }).client_id;
  }

  address(state: string, resource?: string): string {
    const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
    const fields = { client_id: this.id, response_type: 'code', redirect_uri: this.appUri ?? this.redirectUri };
    const proof = { code_challenge: challenge, code_challenge_method: 'S256' };
    const more = { state, ...(resource !== undefined && { resource: this.product + resource }) };
    return `${this.product}/oauth/authorize?${new URLSearchParams({ ...fields, ...proof, ...more }).toString()}`;
  }

  async stop(): Promise<void> {
    await stopListening(this.server);
  }
}

/** Where a stranger's program asks, and a person says yes or no. */
export function asksBeforeItLetsIn(onStage: () => Stage): void {
  let visit: Visit;
  let client: WaitingClient;
  beforeAll(async () => {
    visit = await onStage().visit();
    client = new WaitingClient(onStage().app.url);
    await client.start('Аn <b>editor</b>');
  });
  afterAll(async () => {
    await client.stop();
    await visit.close();
    // The page of the client is none of ours.
    expect(visit.complaints.filter((one) => !/\b401\b/.test(one) && !one.includes('/callback?'))).toEqual([]);
  });

  test('who is not signed in does that first, reads what is asked, and allows it', async () => {
    const { page } = visit;
    await page.goto(client.address('first'));
    await page.getByText('First sign in').waitFor();
    await signInHere(visit, onStage().app);
    const consent = page.getByTestId('consent');
    await consent.getByText('asks for access').waitFor();
    expect(await consent.getByText('Аn <b>editor</b>').count()).toBe(1);
    expect(await consent.locator('b').count()).toBe(0);
    await consent.getByText('It registered itself').waitFor();
    await consent.getByText('a program on your own machine').waitFor();
    await consent.getByText('letters that only look like others').waitFor();
    await consent.getByText('Call their tools for you').waitFor();
    await consent.getByText('Demo server').click();
    await consent.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/127\.0\.0\.1:\d+\/callback/);
    expect(client.answer?.searchParams.get('code')).toBeTruthy();
    expect(client.answer?.searchParams.get('state')).toBe('first');
  });

  test('it is in the list of credentials, and out once it is revoked there', async () => {
    const { page } = visit;
    await page.goto(`${onStage().app.url}/settings/credentials`);
    const entry = page.getByTestId('credentials').getByRole('listitem').filter({ hasText: 'connected client' });
    await entry.getByText('sees tools and calls them').waitFor();
    await entry.getByText('at all servers that you may use').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await entry.getByRole('button', { name: /^Revoke/ }).click();
    await entry.getByRole('button', { name: 'Revoke', exact: true }).click();
    await entry.waitFor({ state: 'detached' });
    await page.getByText('No client is connected').waitFor();
    expect(await visit.ask('/api/v1/connected-clients')).toEqual({ clients: [] });
  });

  test('a person says no, and the program is told so', async () => {
    const { page } = visit;
    await page.goto(client.address('second'));
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(/127\.0\.0\.1:\d+\/callback/);
    expect(client.answer?.searchParams.get('error')).toBe('access_denied');
  });

  test('of a toolset its own tools are shown only, and nothing is asked where nothing is', async () => {
    const { page } = visit;
    await page.goto(onStage().app.url);
    const { servers } = await visit.ask<{ servers: { id: string }[] }>('/api/v1/servers');
    const entries = [{ server_id: servers[0]?.id, tool: 'query_signups', name: 'sign_ups' }];
    await visit.send('POST', '/api/v1/toolsets', { name: 'Just one', handle: 'just-one', entries });
    await page.goto(client.address('toolset', '/mcp/t/just-one'));
    const consent = page.getByTestId('consent');
    await consent.getByText('Only the toolset “Just one”').waitFor();
    expect(await consent.getByRole('list', { name: 'Tools of Demo server' }).innerText()).toBe('query_signups');
    expect(await faultsOf(page)).toEqual([]);
    await page.goto(client.address('nowhere', '/mcp/t/nowhere'));
    await consent.getByText('ask an administrator for access').waitFor();
    expect(await consent.getByRole('button', { name: 'Allow' }).isDisabled()).toBe(true);
  });

  test('who belongs to several organizations chooses among their whole names', async () => {
    const { page } = visit;
    await page.goto(onStage().app.url);
    const name = 'The department of very long names and of much else';
    await visit.send('POST', '/api/v1/organizations', { name });
    await page.goto(client.address('several'));
    const organizations = page.getByRole('radiogroup', { name: 'Organization' });
    await organizations.getByLabel(name).check();
    await page.getByText('All servers that you may use').waitFor();
    expect(await organizations.getByLabel(name).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(/callback/);
  });

  test('where an app takes over, the page that stays says what was decided', async () => {
    const { page } = visit;
    const app = new WaitingClient(onStage().app.url);
    await app.start('An app', 'com.example.app:/callback');
    await page.goto(app.address('app'));
    await page.getByText('an app on this machine').waitFor();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Go on in An app: you can close this page.').waitFor();
    expect(await page.getByTestId('consent').count()).toBe(0);
    await app.stop();
  });

  test('the page of another browser says that there is nothing', async () => {
    const { page } = visit;
    await page.goto(client.address('third'));
    await page.getByTestId('consent').waitFor();
    const stranger = await onStage().visit();
    await stranger.signIn();
    await stranger.page.goto(page.url());
    await stranger.page.getByTestId('consent-over').waitFor();
    await stranger.close();
  });
}
