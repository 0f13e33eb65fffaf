import { ANSWER, type CallOptions, type EraClient, type Place, textOf } from './era-client.js';
import { type Message, messagesOf } from '../gateway/said.js';

const ACCEPT = 'application/json, text/event-stream';

interface RawEraClient extends EraClient {
  /** Is gone without a word. */
  leave: () => void;
}

/** A client of the sessions by hand, which says no more than its revision asks for. */
export async function connectRaw(version: string, place: Place): Promise<RawEraClient> {
  const client = new RawClient(place);
  const agreed = await client.begin(version);
  return {
    version: agreed,
    listTools: async () => {
      const { tools } = await client.ask('tools/list', {});
      return (tools as { name: string }[]).map(({ name }) => name);
    },
    call: async (name, args, options) => textOf(await client.ask('tools/call', { name, arguments: args }, options)),
    changes: () => client.changes,
    close: () => client.end(),
    leave: () => client.leave(),
  };
}

class RawClient {
  changes = 0;
  private asked = 0;
  private headers: Record<string, string>;
  private readonly listening = new AbortController();
  private readonly leaving = new AbortController();
  private readonly progress = new Map<number, (progress: number) => void>();

  constructor(private readonly place: Place) {
    this.headers = { ...place.headers, accept: ACCEPT, 'content-type': 'application/json' };
  }

  async begin(version: string): Promise<string> {
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: version, capabilities: { elicitation: {} }, clientInfo };
    const response = await this.post({ id: 0, method: 'initialize', params });
    const session = response.headers.get('mcp-session-id');
    if (session !== null) this.headers = { ...this.headers, 'mcp-session-id': session };
    const agreed = String((await this.resultOf(response, 0)).protocolVersion);
    this.headers = { ...this.headers, 'mcp-protocol-version': agreed };
    await this.tell({ method: 'notifications/initialized' });
    const stream = await fetch(this.place.url, { headers: this.headers, signal: this.listening.signal });
    if (!stream.ok) throw new Error(`There is no stream to listen on: ${stream.status}`);
    // It ends when the client leaves.
    this.read(stream, () => undefined).catch(() => undefined);
    return agreed;
  }

  async ask(
    method: string,
    params: object,
    { onProgress, signal }: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    this.asked += 1;
    const id = this.asked;
    if (onProgress) this.progress.set(id, onProgress);
    const meta = onProgress ? { _meta: { progressToken: id } } : {};
    const answered = this.post({ id, method, params: { ...params, ...meta } }).then((response) =>
      this.resultOf(response, id),
    );
    const cancelled = new Promise<never>((_resolve, reject) => {
      const leave = () => {
        reject(new Error('It was cancelled.'));
        this.tell({ method: 'notifications/cancelled', params: { requestId: id } }).catch(() => undefined);
      };
      signal?.addEventListener('abort', leave, { once: true });
    });
    // Who cancelled does not look at what may still come.
    answered.catch(() => undefined);
    return Promise.race([answered, cancelled]);
  }

  async end(): Promise<void> {
    await fetch(this.place.url, { method: 'DELETE', headers: this.headers });
    this.listening.abort();
  }

  leave(): void {
    this.listening.abort();
    this.leaving.abort();
  }

  private async tell(message: Message): Promise<void> {
    await (await this.post(message)).body?.cancel();
  }

  private async post(message: Message): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const { signal } = this.leaving;
    const response = await fetch(this.place.url, { method: 'POST', headers: this.headers, body, signal });
    if (!response.ok) throw new Error(`${message.method ?? 'An answer'}: ${response.status} ${await response.text()}`);
    return response;
  }

  private async resultOf(response: Response, id: number): Promise<Record<string, unknown>> {
    const found = await new Promise<Message>((resolve, reject) => {
      const mine = (message: Message) => message.id === id && message.method === undefined && resolve(message);
      if (response.headers.get('content-type')?.startsWith('application/json')) {
        response.json().then((message) => resolve(message as Message), reject);
      } else this.read(response, mine).then(() => reject(new Error('The stream ended without an answer.')), reject);
    });
    if (!found.result) throw new Error(found.error?.message ?? 'An answer without a result.');
    return found.result;
  }

  private async read(response: Response, onAnswer: (message: Message) => unknown): Promise<void> {
    for await (const message of messagesOf(response)) this.hear(message, onAnswer);
  }

  private hear(message: Message, onAnswer: (message: Message) => unknown): void {
    const { id, method, params } = message;
    if (method === 'notifications/tools/list_changed') this.changes += 1;
    if (method === 'notifications/progress') {
      this.progress.get(Number(params?.progressToken))?.(Number(params?.progress));
    }
    if (method === 'elicitation/create') {
      void this.tell({ id: id ?? '', result: { action: 'accept', content: ANSWER } });
    }
    if (method === undefined) onAnswer(message);
  }
}
