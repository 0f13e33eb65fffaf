import type { Place } from '../eras/era-client.js';
import { messagesOf, type Message, read, type Said } from './said.js';

const VERSION = '2026-07-28';
const META = 'io.modelcontextprotocol';
const NAMED_BY: Record<string, string> = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };

export interface AskOptions {
  meta?: Record<string, unknown>;
  /** Beside the usual ones, or instead of them. */
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** What comes back with an answer to `input_required`. */
export interface Input {
  inputResponses?: Record<string, unknown>;
  requestState?: unknown;
}

/** A program of 2026-07-28 that says each request by hand, so that it can say what no library would. */
export class ModernProgram {
  private asked = 0;

  constructor(
    private readonly place: Place,
    private readonly capabilities: object = {},
  ) {}

  async ask(method: string, params: Record<string, unknown> = {}, options: AskOptions = {}): Promise<Said> {
    return read(await this.send(method, params, options));
  }

  async call(name: string, args: object, options: AskOptions & Input = {}): Promise<Said> {
    const { inputResponses, requestState, ...rest } = options;
    const input = { ...(inputResponses && { inputResponses }), ...(requestState !== undefined && { requestState }) };
    return this.ask('tools/call', { name, arguments: args, ...input }, rest);
  }

  async tools(): Promise<string[]> {
    const { result } = await this.ask('tools/list');
    return ((result?.tools ?? []) as { name: string }[]).map(({ name }) => name);
  }

  /** Listens until the stream ends. @returns once it is open, what it says and when it ends */
  async listen(filter: object): Promise<{ status: number; heard: Message[]; ended: Promise<void> }> {
    const response = await this.send('subscriptions/listen', { notifications: filter }, {});
    const heard: Message[] = [];
    const follow = async () => {
      for await (const message of messagesOf(response)) heard.push(message);
    };
    return { status: response.status, heard, ended: follow().catch(() => undefined) };
  }

  private send(method: string, params: Record<string, unknown>, options: AskOptions): Promise<Response> {
    this.asked += 1;
    const { meta = {}, headers = {}, signal } = options;
    const _meta = {
      [`${META}/protocolVersion`]: VERSION,
      [`${META}/clientInfo`]: { name: 'by hand', version: '1' },
      [`${META}/clientCapabilities`]: this.capabilities,
      ...meta,
    };
    const named = params[NAMED_BY[method] ?? ''];
    return fetch(this.place.url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': VERSION,
        'mcp-method': method,
        ...(typeof named === 'string' && { 'mcp-name': named }),
        ...this.place.headers,
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: this.asked, method, params: { ...params, _meta } }),
      ...(signal && { signal }),
    });
  }
}
