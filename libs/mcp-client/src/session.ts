import type { Implementation, ServerCapabilities } from '@modelcontextprotocol/client';
import type { CallOptions, CurrentCall, ToolCall, ToolDefinition, ToolResult, WaitOptions } from './call.js';
import type { Connection } from './connection.js';
import type { Deadline } from './deadline.js';
import type { RequestMeta } from './http/messages.js';
import { listAll } from './listing.js';
import { headerDeclarations, paramHeaders } from './param-headers.js';
import { isObject, type RawResult } from './raw-result.js';
import { readAnswer } from './relay/answer.js';
import type { RelayedAnswer, RelayOptions, RelayRequest } from './relay/relay.js';
import type { Protocol, UpstreamTarget } from './target.js';
import { toolsIfChanged, type ToolsVersion } from './tools-version.js';
import { UpstreamError } from './upstream-error.js';
import { LOG_LEVEL, Wire } from './wire.js';

export interface SessionOptions {
  reopen: (deadline: Deadline) => Promise<Connection>;
  /** Of a session that is shared: lends another with the same server to one call alone. */
  lendAlone?: <T>(wait: WaitOptions, work: (session: UpstreamSession) => Promise<T>) => Promise<T>;
}

const HEADER_MISMATCH = -32020;
const NO_HEADERS: Record<string, string> = Object.freeze({});

/** A conversation with an upstream. Over Streamable HTTP it takes any number of calls at a time, over others one. */
export class UpstreamSession {
  readonly #wire: Wire;
  readonly #lendAlone: SessionOptions['lendAlone'];
  #calls = 0;

  constructor(target: UpstreamTarget, connection: Connection, { reopen, lendAlone }: SessionOptions) {
    this.#wire = new Wire(target, connection, { reopen, shared: lendAlone !== undefined });
    this.#lendAlone = lendAlone;
  }

  get protocol(): Protocol {
    return this.#wire.connection.protocol;
  }

  get serverInfo(): Implementation | undefined {
    return this.#wire.connection.client.getServerVersion();
  }

  get capabilities(): ServerCapabilities {
    return this.#wire.connection.client.getServerCapabilities() ?? {};
  }

  get instructions(): string | undefined {
    return this.#wire.connection.client.getInstructions();
  }

  /** Whether it may serve another lease. */
  get reusable(): boolean {
    return this.#wire.reusable;
  }

  /** Definitions without a name or input schema, and those whose header annotations are invalid, are left out. */
  async listTools(options: WaitOptions = {}): Promise<ToolDefinition[]> {
    return this.#usable(await this.#list('tools', 'tools/list', this.capabilities.tools, options));
  }

  /**
   * Lists as `listTools` does, but where the server says word for word what it said for `known` nothing is read.
   * @returns `tools` undefined where nothing changed; a `version` to ask with the next time, if there can be one
   */
  async listToolsSince(
    known: ToolsVersion | undefined,
    options: WaitOptions = {},
  ): Promise<{ version: ToolsVersion | undefined; tools: ToolDefinition[] | undefined }> {
    if (!this.capabilities.tools) return { version: undefined, tools: [] };
    const found = await this.#wire.within(options, { effect: false }, (deadline, attempt) =>
      toolsIfChanged(known, this.protocol.era, (request) => this.#wire.request(request, deadline, attempt)),
    );
    return { version: found.version, tools: found.tools && this.#usable(found.tools) };
  }

  listResources(options: WaitOptions = {}): Promise<RawResult[]> {
    return this.#list('resources', 'resources/list', this.capabilities.resources, options);
  }

  listResourceTemplates(options: WaitOptions = {}): Promise<RawResult[]> {
    return this.#list('resourceTemplates', 'resources/templates/list', this.capabilities.resources, options);
  }

  listPrompts(options: WaitOptions = {}): Promise<RawResult[]> {
    return this.#list('prompts', 'prompts/list', this.capabilities.prompts, options);
  }

  readResource(uri: string, options: CallOptions = {}): Promise<RawResult> {
    return this.#effect('resources/read', { uri }, options, {});
  }

  getPrompt(name: string, args: Record<string, string>, options: CallOptions = {}): Promise<RawResult> {
    return this.#effect('prompts/get', { name, arguments: args }, options, {});
  }

  /**
   * @throws UpstreamError; `requestSent: false` promises that the tool has not run.
   * A tool that failed by its own account is a result with `isError`, not an error.
   */
  async callTool(call: ToolCall, options: CallOptions = {}): Promise<ToolResult> {
    const params = { name: call.name, arguments: call.arguments ?? {} };
    const startedAt = performance.now();
    const withTimeLeft = (): CallOptions => {
      const { timeoutMs, deadline } = options;
      if (timeoutMs === undefined || deadline) return options;
      return { ...options, timeoutMs: Math.max(1, timeoutMs - (performance.now() - startedAt)) };
    };
    const headersFor = (schema: unknown) =>
      this.protocol.era === 'modern' ? paramHeaders(schema, params.arguments) : NO_HEADERS;
    try {
      return toToolResult(await this.#effect('tools/call', params, options, headersFor(call.inputSchema)));
    } catch (error) {
      // The server compares headers before it does anything else, so the call may be repeated with the right ones.
      if (!(error instanceof UpstreamError) || error.rpc?.code !== HEADER_MISMATCH) throw error;
      const tool = (await this.listTools(withTimeLeft())).find(({ name }) => name === call.name);
      return toToolResult(await this.#effect('tools/call', params, withTimeLeft(), headersFor(tool?.inputSchema)));
    }
  }

  /**
   * Passes a request of somebody else on, and the answer back.
   * @throws UpstreamError; `rpc` is the error that the server answered with
   */
  async relay(request: RelayRequest, options: RelayOptions = {}): Promise<RelayedAnswer> {
    const { method, params, inputSchema, meta } = request;
    const headers = this.protocol.era === 'modern' ? paramHeaders(inputSchema, params.arguments) : NO_HEADERS;
    const traceparent = typeof meta?.traceparent === 'string' ? meta.traceparent : undefined;
    return readAnswer(
      await this.#effect(method, params, { ...options, onProgress: undefined, onLog: undefined, traceparent }, headers),
    );
  }

  /** @returns milliseconds of one round trip */
  async ping(options: WaitOptions = {}): Promise<number> {
    const startedAt = performance.now();
    const method = this.protocol.era === 'modern' ? 'server/discover' : 'ping';
    await this.#wire.within(options, { effect: false }, (deadline, attempt) =>
      this.#wire.request({ method, params: {} }, deadline, attempt),
    );
    return performance.now() - startedAt;
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  async #list(
    what: Parameters<typeof listAll>[0],
    method: string,
    capability: object | undefined,
    options: WaitOptions,
  ): Promise<RawResult[]> {
    if (!capability) return [];
    return this.#wire.within(options, { effect: false }, (deadline, attempt) =>
      listAll(what, (cursor) =>
        this.#wire.request({ method, params: cursor === undefined ? {} : { cursor } }, deadline, attempt),
      ),
    );
  }

  #effect(
    method: string,
    params: RawResult,
    options: CallOptions,
    headers: Record<string, string>,
  ): Promise<RawResult> {
    const { onProgress, onLog, onQuestion, attended, traceparent } = options;
    const { running } = this.#wire;
    if (this.#lendAlone && attended && this.#asksBesideCalls) {
      const { deadline } = options;
      const wait = deadline ? { signal: deadline.signal, timeoutMs: deadline.remainingMs } : options;
      return this.#lendAlone(wait, (session) => session.#effect(method, params, options, headers));
    }
    if (!this.#wire.connection.channel && running.size > 0) {
      return Promise.reject(new Error('A session takes one call at a time.'));
    }
    const progressToken = `call-${++this.#calls}`;
    return this.#wire.within(options, { effect: true }, async (deadline, attempt) => {
      const call: CurrentCall = { progressToken, deadline, onProgress, onLog, onQuestion };
      running.add(call);
      try {
        const wantsLogs = onLog !== undefined && this.capabilities.logging !== undefined;
        if (wantsLogs) await this.#wire.askForLogs(deadline);
        const meta: RequestMeta = {
          progressToken: onProgress && progressToken,
          traceparent,
          logLevel: wantsLogs ? LOG_LEVEL : undefined,
        };
        return await this.#wire.request({ method, params, meta, headers, call }, deadline, attempt);
      } finally {
        running.remove(call);
      }
    });
  }

  /** A legacy server may ask on the stream of the session, where its questions name no call. */
  get #asksBesideCalls(): boolean {
    const { channel, protocol, sessionId } = this.#wire.connection;
    return channel !== undefined && protocol.era === 'legacy' && sessionId !== undefined;
  }

  #usable(tools: readonly RawResult[]): ToolDefinition[] {
    const { era } = this.protocol;
    return tools
      .filter(isTool)
      .filter((tool) => era === 'legacy' || headerDeclarations(tool.inputSchema) !== undefined);
  }
}

const isTool = (item: RawResult): item is ToolDefinition => typeof item.name === 'string' && isObject(item.inputSchema);

const withoutOddParts = (result: RawResult, content: readonly unknown[]): ToolResult => ({
  ...result,
  content: content.filter(isObject),
});

function toToolResult(result: RawResult): ToolResult {
  const { content = [] } = result;
  if (Array.isArray(content))
    return content.every(isObject) ? { ...result, content } : withoutOddParts(result, content);
  throw new UpstreamError('UPSTREAM_PROTOCOL', 'The server answered the call with something that is no tool result.', {
    requestSent: true,
  });
}
