/** A small client of the Client API: each call throws what the problem document says. */
export class Api {
  constructor(origin) {
    this.origin = origin;
    this.token = undefined;
  }

  async call(method, path, body) {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** With the code from the development mailbox. */
  async signIn(email) {
    await this.call('POST', '/api/v1/auth/otp/request', { email });
    const mail = await this.waitFor(`the code for ${email}`, async () => {
      const [newest] = await this.call('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`);
      return newest;
    });
    const signedIn = await this.call('POST', '/api/v1/auth/otp/verify', { email, code: mail.code });
    this.token = signedIn.access_token;
    return signedIn;
  }

  async waitFor(what, find, seconds = 30) {
    const giveUpAt = Date.now() + seconds * 1000;
    for (;;) {
      const found = await find();
      if (found) return found;
      if (Date.now() > giveUpAt) throw new Error(`Waited ${seconds} s for ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
