import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Problem, SignedIn } from './document.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

interface Sent {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

const Mails = z.array(z.looseObject({ code: z.string().nullable(), link: z.string().nullable(), at: z.string() }));

/** Knows the document and no more, but for the mailbox, which stands for the person's mail program. */
export class Client {
  constructor(readonly origin: string) {}

  /** @param path as the document prints it, below the base URL */
  call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    return this.callAt(method, `/api/v1${path}`, sent);
  }

  async callAt(method: string, path: string, { token, body, headers = {} }: Sent = {}): Promise<Answer> {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  /** @throws when the answer is not as told; gives back the body otherwise */
  async expect<Schema extends z.ZodType>(status: number, schema: Schema, answer: Promise<Answer>) {
    const { status: got, body } = await answer;
    if (got !== status) throw new Error(`Status ${got} instead of ${status}: ${JSON.stringify(body)}`);
    return schema.parse(body);
  }

  async refuses(status: number, answer: Promise<Answer>): Promise<z.output<typeof Problem>> {
    const problem = await this.expect(status, Problem, answer);
    expect(problem.status).toBe(status);
    return problem;
  }

  async requestCode(email: string, headers: Record<string, string> = {}): Promise<string> {
    const before = (await this.mails(email)).length;
    const { status, body } = await this.call('POST', '/auth/otp/request', { body: { email }, headers });
    if (status !== 200) throw new Error(`No code was sent: ${status} ${JSON.stringify(body)}`);
    for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
      const mails = await this.mails(email);
      const [newest] = mails;
      if (newest && mails.length > before) return newest.code ?? '';
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`No mail came to ${email}.`);
  }

  /** What the link in the newest mail has behind its `#`, once there are more mails than `known`. */
  async linkTo(email: string, known = 0): Promise<string> {
    for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
      const mails = await this.mails(email);
      const link = mails[0]?.link;
      if (link && mails.length > known) return link.split('#')[1] ?? '';
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`No mail with a link came to ${email}.`);
  }

  async signIn(email = someAddress(), headers: Record<string, string> = {}) {
    const code = await this.requestCode(email, headers);
    const answer = this.call('POST', '/auth/otp/verify', { body: { email, code }, headers });
    return this.expect(200, SignedIn, answer);
  }

  /** The newest first. */
  private async mails(to: string): Promise<z.output<typeof Mails>> {
    const { body } = await this.callAt('GET', `/dev/mailbox/messages?to=${encodeURIComponent(to)}`);
    return Mails.parse(body);
  }
}

export const someAddress = (): string => `user-${randomBytes(6).toString('hex')}@example.com`;

/** Another six digits. */
export const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
