/** A browser, as far as signing in needs one: it keeps cookies for each origin and follows where it is led. */
export class ScriptedBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** As a page of the origin would: with the cookies, and keeping new ones. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', ...value] = pair.split('=');
      jar.set(name, value.join('='));
    }
    return answer;
  }

  /** Follows redirects up to the first that satisfies `until`, which is not followed any more. */
  async follow(url: string, until: (location: URL) => boolean): Promise<URL> {
    let at = url;
    for (let hops = 0; hops < 10; hops += 1) {
      const answer = await this.fetch(at);
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`No redirect at ${at}: ${answer.status} ${await answer.text()}`);
      const next = new URL(location, at);
      if (until(next)) return next;
      at = next.href;
    }
    throw new Error('Too many redirects.');
  }
}
