import type { Place } from '../eras/era-client.js';
import { messagesOf, type Message, read, type Said } from './said.js';

interface Manner {
  version?: string;
  capabilities?: object;
  /** How it answers questions; a question that has no answer stays open. */
  answer?: (question: Message) => Record<string, unknown> | undefined;
}

/** A program of the older era that says each request of its session by hand. */
export class LegacyProgram {
  /** Everything that the server said beside answers. */
  readonly heard: Message[] = [];
  private asked = 0;

  private constructor(
    private readonly place: Place,
    readonly headers: Record<string, string>,
    private readonly answer: NonNullable<Manner['answer']>,
  ) {}

  static async begin(place: Place, manner: Manner = {}): Promise<LegacyProgram> {
    const { version = '2025-11-25', capabilities = {}, answer = () => undefined } = manner;
    const said = await LegacyProgram.initialize(place, version, capabilities);
    const session = said.headers.get('mcp-session-id');
    if (said.status !== 200 || session === null) throw new Error(`No session: ${said.status} ${said.text}`);
    const program = new LegacyProgram(place, { 'mcp-session-id': session, 'mcp-protocol-version': version }, answer);
    await program.tell({ method: 'notifications/initialized' });
    return program;
  }

  static async initialize(place: Place, version = '2025-11-25', capabilities: object = {}): Promise<Said> {
    const params = { protocolVersion: version, capabilities, clientInfo: { name: 'by hand', version: '1' } };
    return read(await post(place, {}, { id: 0, method: 'initialize', params }));
  }

  /** @param at somebody else, or elsewhere, with this session */
  async ask(method: string, params: object = {}, at = this.place): Promise<Said> {
    this.asked += 1;
    const message = { id: this.asked, method, params: { ...params } };
    return read(await post(at, this.headers, message), (said) => this.hear(said));
  }

  call(name: string, args: object): Promise<Said> {
    return this.ask('tools/call', { name, arguments: args });
  }

  async tools(): Promise<string[]> {
    const { result } = await this.ask('tools/list');
    return ((result?.tools ?? []) as { name: string }[]).map(({ name }) => name);
  }

  async tell(message: Message): Promise<void> {
    await (await post(this.place, this.headers, message)).body?.cancel();
  }

  /** @returns once it is open; `ended` when the server has closed it */
  async listen(): Promise<{ status: number; ended: Promise<void> }> {
    const headers = { ...this.place.headers, ...this.headers, accept: 'text/event-stream' };
    const response = await fetch(this.place.url, { headers });
    const follow = async () => {
      for await (const message of messagesOf(response)) this.hear(message);
    };
    return { status: response.status, ended: follow().catch(() => undefined) };
  }

  async end(): Promise<number> {
    const headers = { ...this.place.headers, ...this.headers };
    return (await fetch(this.place.url, { method: 'DELETE', headers })).status;
  }

  private hear(message: Message): void {
    this.heard.push(message);
    if (message.id === undefined) return;
    const result = this.answer(message);
    if (result) void this.tell({ id: message.id, result });
  }
}

const post = (place: Place, headers: Record<string, string>, message: Message): Promise<Response> =>
  fetch(place.url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...place.headers,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
