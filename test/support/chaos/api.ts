import { until } from './until.js';
import type { Frame } from '../session-clients.js';

/** The Client API for one person, over whichever process is at `origin` just now. */
export class PersonApi {
  token = '';

  constructor(private readonly origin: () => string) {}

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; body: unknown }> {
    const answer = await fetch(this.origin() + path, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }

  async call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Body;
  }

  async signIn(email: string): Promise<void> {
    await this.call('POST', '/api/v1/auth/otp/request', { email });
    let code = '';
    await until(
      'the code is in the mailbox',
      async () => {
        const mails = await this.call<{ code: string }[]>(
          'GET',
          `/dev/mailbox/messages?to=${encodeURIComponent(email)}`,
        );
        code = mails[0]?.code ?? '';
        return code !== '';
      },
      15_000,
    );
    const { access_token } = await this.call<{ access_token: string }>('POST', '/api/v1/auth/otp/verify', {
      email,
      code,
    });
    this.token = access_token;
  }

  /** Registered and online; its id. */
  async addServer(url: string, fields: Record<string, unknown> = {}): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', '/api/v1/servers', {
      name: 'Counting',
      url,
      auth_method: 'none',
      // Longer than any call of ours.
      timeout: 90,
      ...fields,
    });
    await until(
      'the server is online',
      async () => {
        const found = await this.call<{ status: string; tool_count: number | null }>('GET', `/api/v1/servers/${id}`);
        return found.status === 'online' && found.tool_count !== null;
      },
      15_000,
    );
    return id;
  }

  /** The secret of a new key. */
  async makeKey(scopes: string[]): Promise<string> {
    const made = await this.call<{ api_key: { key: string } }>('POST', '/api/v1/user/api-keys', {
      name: 'Chaos',
      scopes,
    });
    return made.api_key.key;
  }

  async openSession(serverId: string): Promise<string> {
    return (await this.call<{ id: string }>('POST', '/api/v1/sessions', { server_id: serverId })).id;
  }

  /** The whole log of a session, as replayed from 0. */
  async replay(sessionId: string): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: { events: Frame[]; next?: number } = await this.call(
        'GET',
        `/api/v1/sessions/${sessionId}/events?after=${after}&limit=200`,
      );
      frames.push(...page.events);
      after = page.next;
    }
    return frames;
  }
}
