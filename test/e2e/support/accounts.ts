import { ScriptedBrowser } from '../../support/oauth/browser.js';
import { eventually, type Person, type TestApp } from '../../support/app.js';

export interface AccountRow {
  status: string;
  reason: string | null;
  issuer: string | null;
  scopes: string[];
  wanted_scopes: string[];
  may_connect: boolean;
}

/** A server whose accounts sign in; nobody is signed in yet. */
export async function addOAuthServer(person: Person, url: string, oauth: object = {}, name = 'Protected') {
  const made = await person.call<{ id: string; status: string }>('POST', '/servers', {
    name,
    url,
    auth_method: 'oauth',
    oauth,
    approval_policy: 'auto_approve',
  });
  if (made.status !== 201) throw new Error(made.text);
  return made.body.id;
}

/** The way to the authorization server, as far as its address. */
export async function beginSignIn(app: TestApp, person: Person, id: string, browser = new ScriptedBrowser()) {
  const answer = await browser.fetch(`${app.url}/api/v1/servers/${id}/oauth/connect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
  });
  const body = (await answer.json()) as {
    authorization_url: string;
    connected: boolean;
    code?: string;
    detail?: string;
  };
  return { status: answer.status, body, browser };
}

/** Up to the way back: the address of our callback with what the authorization server says. */
export const goThere = (browser: ScriptedBrowser, url: string) =>
  browser.follow(url, ({ pathname }) => pathname === '/api/v1/oauth/callback');

/** Ends at the page of the server: its path and query. */
export async function comeBack(app: TestApp, browser: ScriptedBrowser, callback: URL): Promise<string> {
  // The product says localhost, and tests talk to 127.0.0.1.
  const { search } = callback;
  const answer = await browser.fetch(`${app.url}/api/v1/oauth/callback${search}`);
  return answer.headers.get('location') ?? `${answer.status}`;
}

/** All of it. @returns where the browser ends */
export async function signInTo(app: TestApp, person: Person, id: string): Promise<string> {
  const { body, browser } = await beginSignIn(app, person, id);
  if (body.connected) return 'connected';
  if (!body.authorization_url) throw new Error(JSON.stringify(body));
  return comeBack(app, browser, await goThere(browser, body.authorization_url));
}

export const accountOf = async (person: Person, id: string): Promise<AccountRow> =>
  (await person.call<AccountRow>('GET', `/servers/${id}/oauth`)).body;

/** Its tools are known. */
export async function untilOnline(person: Person, id: string): Promise<void> {
  await eventually(
    async () => (await person.call<{ status: string; status_reason: string }>('GET', `/servers/${id}`)).body,
    ({ status }) => status === 'online',
  );
}
