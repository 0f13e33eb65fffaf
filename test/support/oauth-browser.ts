/**
 * The browser of a person who signs in and decides, without a browser: it keeps cookies, follows redirects, and asks what
 * the consent page asks. It imports nothing, so `node oauth-browser.ts` and other scripts may use it, too.
 */

interface Cookie {
  name: string;
  value: string;
  path: string;
}

export interface Decision {
  decision?: 'allow' | 'continue' | 'deny';
  organizationId?: string;
}

export interface Question {
  uid: string;
  client: { id: string; name: string; host: string | null };
  redirect: { kind: string; shown: string };
  cautions: string[];
  resource: { url: string; kind: string; name: string | null; title: string | null; found: boolean };
  scopes: string[];
  new_scopes: string[];
  organization_id: string;
  organizations: { id: string; name: string; role: string; remembered: boolean }[];
  servers: { id: string; name: string; tool_count: number | null; tools: string[] }[];
  server_count: number;
}

const MOST_HOPS = 10;

export class OAuthBrowser {
  readonly origin: string;
  private readonly token: string;
  private cookies: Cookie[] = [];

  /** @param token of the person who is signed in here, at this product */
  constructor(origin: string, token: string) {
    this.origin = origin;
    this.token = token;
  }

  /** Everything that a person does: opens the address, decides. @returns where the client is answered */
  async authorize(address: string | URL, { decision = 'allow', organizationId }: Decision = {}): Promise<URL> {
    const { uid, end } = await this.open(address);
    if (uid === undefined) return end;
    const question = await this.ask(uid);
    return this.decide(uid, { decision, organizationId: organizationId ?? question.organization_id });
  }

  /** Goes where the address leads: to the page that asks a person, or back to the client at once. */
  async open(address: string | URL): Promise<{ uid?: string; end: URL }> {
    const end = await this.follow(new URL(address));
    const [, uid] = /^\/consent\/([^/]+)$/.exec(end.pathname) ?? [];
    return end.host === new URL(address).host && uid !== undefined ? { uid, end } : { end };
  }

  async ask(uid: string): Promise<Question> {
    const answer = await this.send(`/oauth/interaction/${uid}/request`);
    if (answer.status !== 200) throw new Error(`Nothing is asked: ${answer.status} ${await answer.text()}`);
    return { uid, ...((await answer.json()) as Omit<Question, 'uid'>) };
  }

  async decide(uid: string, { decision = 'allow', organizationId }: Decision): Promise<URL> {
    const answer = await this.sendDecision(uid, {
      decision,
      ...(organizationId && { organization_id: organizationId }),
    });
    if (answer.status !== 200) throw new Error(`It was not decided: ${answer.status} ${await answer.text()}`);
    const { redirect_to: next } = (await answer.json()) as { redirect_to: string };
    return this.follow(new URL(next, this.origin));
  }

  sendDecision(uid: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(`/oauth/interaction/${uid}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** A request of the page, with the sign-in of its person. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.origin);
    const headers = { authorization: `Bearer ${this.token}`, ...this.cookieHeader(url), ...init.headers };
    return this.keep(url, await fetch(url, { ...init, headers, redirect: 'manual' }));
  }

  /** Up to the consent page, or to an address that is not of this product. */
  private async follow(address: URL): Promise<URL> {
    let url = address;
    for (let hops = 0; hops < MOST_HOPS; hops += 1) {
      if (!this.isHere(url) || url.pathname.startsWith('/consent/')) return url;
      const answer = this.keep(url, await fetch(url, { headers: this.cookieHeader(url), redirect: 'manual' }));
      const location = answer.headers.get('location');
      const text = await answer.text();
      if (location === null) throw new Error(`${url.pathname} leads nowhere: ${answer.status} ${text.slice(0, 1_000)}`);
      url = new URL(location, url);
    }
    throw new Error('Too many redirects.');
  }

  /** This machine has more names than one. */
  private isHere(url: URL): boolean {
    const plain = (one: URL) => one.host.replace('127.0.0.1', 'localhost');
    return plain(url) === plain(new URL(this.origin));
  }

  private cookieHeader(url: URL): Record<string, string> {
    const fitting = this.cookies.filter(({ path }) => url.pathname === path || url.pathname.startsWith(`${path}/`));
    return fitting.length > 0 ? { cookie: fitting.map(({ name, value }) => `${name}=${value}`).join('; ') } : {};
  }

  private keep(url: URL, answer: Response): Response {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? url.pathname;
      const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path };
      this.cookies = this.cookies.filter(({ name, path: of }) => name !== cookie.name || of !== path);
      if (cookie.value !== '') this.cookies.push(cookie);
    }
    return answer;
  }
}

/** Signs in at a product that keeps its mails for developers. @returns an access token */
export async function signInAt(origin: string, email: string): Promise<string> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(new URL(path, origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const mails = async () => {
    const answer = await fetch(new URL(`/dev/mailbox/messages?to=${encodeURIComponent(email)}`, origin));
    return (await answer.json()) as { code: string }[];
  };
  const known = (await mails()).length;
  await post('/api/v1/auth/otp/request', { email });
  for (const giveUpAt = Date.now() + 10_000; Date.now() < giveUpAt;) {
    const [newest, ...older] = await mails();
    if (newest && older.length >= known) {
      return (await post('/api/v1/auth/otp/verify', { email, code: newest.code })).access_token ?? '';
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('No code came.');
}
