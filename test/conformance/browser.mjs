const STEPS_AT_MOST = 20;

/** As much of a browser as signing in takes: it keeps cookies, follows redirects, and sends the forms that it is shown. */
export class Browser {
  #cookies = new Map();

  /** From where a client sends somebody, up to what the client answers when it has its code. */
  async authorize(start) {
    let step = { url: start, method: 'GET' };
    for (let count = 0; count < STEPS_AT_MOST; count += 1) {
      const response = await this.#fetch(step);
      const location = response.headers.get('location');
      if (location !== null) {
        await response.body?.cancel();
        step = { url: new URL(location, step.url).href, method: 'GET' };
        continue;
      }
      const page = await response.text();
      const next = formOf(page, step.url);
      if (!next) return { url: step.url, status: response.status, page };
      step = next;
    }
    throw new Error(`There was no end after ${STEPS_AT_MOST} steps, at ${step.url}.`);
  }

  async #fetch({ url, method, body }) {
    const { origin } = new URL(url);
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html,*/*',
        ...(body && { 'content-type': 'application/x-www-form-urlencoded', origin }),
        ...(this.#cookieHeader(origin) && { cookie: this.#cookieHeader(origin) }),
      },
      body,
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(origin, cookie);
    return response;
  }

  #keep(origin, cookie) {
    const [pair] = cookie.split(';');
    const at = pair.indexOf('=');
    const jar = this.#cookies.get(origin) ?? new Map();
    jar.set(pair.slice(0, at), pair.slice(at + 1));
    this.#cookies.set(origin, jar);
  }

  #cookieHeader(origin) {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** The first form of a page, with what is filled in already. */
function formOf(page, url) {
  const form = /<form[^>]*>[\s\S]*?<\/form>/i.exec(page)?.[0];
  if (!form) return undefined;
  const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  const [head] = /<form[^>]*>/i.exec(form);
  const fields = [...form.matchAll(/<(?:input|button)[^>]*>/gi)].map(([tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value') ?? '',
  ]);
  const body = new URLSearchParams(fields.filter(([name]) => name !== undefined)).toString();
  const action = (attribute(head, 'action') ?? url).replaceAll('&amp;', '&');
  return { url: new URL(action, url).href, method: 'POST', body };
}
