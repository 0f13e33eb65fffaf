import { METHOD_NOT_FOUND, type Implementation, type ServerCapabilities } from '@modelcontextprotocol/client';
import type { CallOptions, ToolCall, ToolDefinition, ToolResult, WaitOptions } from './call.js';
import type { Connection } from './connection.js';
import { cancelled } from './current-call.js';
import type { Deadline } from './deadline.js';
import { hooksOf, LOG_LEVEL } from './listeners.js';
import { listAll } from './listing.js';
import type { RequestMeta } from './meta.js';
import { headerDeclarations, headersOfCall, NO_HEADERS, isHeaderMismatch } from './param-headers.js';
import { isObject, type RawResult } from './raw-result.js';
import type { RelayedAnswer, RelayOptions, RelayRequest } from './relay/relay.js';
import { relayOver } from './relay/relaying.js';
import { ResourceSubscriptions } from './resource-subscriptions.js';
import type { Protocol, UpstreamTarget } from './target.js';
import { toolsIfChanged, type ToolsVersion } from './tools-version.js';
import { UpstreamError } from './upstream-error.js';
import { Wire } from './wire.js';

export interface SessionOptions {
  reopen: (deadline: Deadline) => Promise<Connection>;
  /** Of a session that is shared: lends another with the same server to one call alone. */
  lendAlone?: <T>(wait: WaitOptions, work: (session: UpstreamSession) => Promise<T>) => Promise<T>;
  /** Whether the server has been seen to ask, beside the streams of calls, what could have been of several. */
  asksBeside?: () => boolean;
  /** It was seen to. */
  onAsksBeside?: () => void;
  /** What is watched of the target. */
  subscriptions?: ResourceSubscriptions;
}

const no = () => false;
const nothing = () => undefined;

/** A conversation with an upstream. Over Streamable HTTP it takes any number of calls at a time, over others one. */
export class UpstreamSession {
  readonly #wire: Wire;
  readonly #lendAlone: SessionOptions['lendAlone'];
  readonly #asksBeside: () => boolean;
  readonly #subscriptions: ResourceSubscriptions;

  constructor(target: UpstreamTarget, connection: Connection, options: SessionOptions) {
    const { reopen, lendAlone, asksBeside = no, onAsksBeside: onAmbiguous = nothing } = options;
    const { subscriptions = new ResourceSubscriptions() } = options;
    const shared = lendAlone !== undefined;
    this.#wire = new Wire(target, connection, { reopen, shared, onAmbiguous, subscriptions });
    this.#subscriptions = subscriptions;
    this.#lendAlone = lendAlone;
    this.#asksBeside = asksBeside;
  }

  get protocol(): Protocol {
    return this.#wire.connection.protocol;
  }

  get serverInfo(): Implementation | undefined {
    return this.#wire.connection.client.getServerVersion();
  }

  get capabilities(): ServerCapabilities {
    return this.#wire.capabilities;
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

  async listResourceTemplates(options: WaitOptions = {}): Promise<RawResult[]> {
    try {
      return await this.#list('resourceTemplates', 'resources/templates/list', this.capabilities.resources, options);
    } catch (error) {
      // Who has resources need not have templates, and there is no other way to say so.
      if (error instanceof UpstreamError && error.rpc?.code === METHOD_NOT_FOUND) return [];
      throw error;
    }
  }

  listPrompts(options: WaitOptions = {}): Promise<RawResult[]> {
    return this.#list('prompts', 'prompts/list', this.capabilities.prompts, options);
  }

  readResource(uri: string, options: CallOptions = {}): Promise<RawResult> {
    return this.#effect('resources/read', { uri }, options, NO_HEADERS);
  }

  getPrompt(name: string, args: Record<string, string>, options: CallOptions = {}): Promise<RawResult> {
    return this.#effect('prompts/get', { name, arguments: args }, options, NO_HEADERS);
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
    const headersFor = (schema: unknown) => headersOfCall(this.protocol.era, schema, params.arguments);
    try {
      return toToolResult(await this.#effect('tools/call', params, options, headersFor(call.inputSchema)));
    } catch (error) {
      if (!isHeaderMismatch(error)) throw error;
      const tool = await this.#toolOf(call.name, withTimeLeft());
      return toToolResult(await this.#effect('tools/call', params, withTimeLeft(), headersFor(tool?.inputSchema)));
    }
  }

  /**
   * Passes a request of somebody else on, and the answer back.
   * @throws UpstreamError; `rpc` is the error that the server answered with
   */
  relay(request: RelayRequest, options: RelayOptions = {}): Promise<RelayedAnswer> {
    const alone = options.onRequest !== undefined && this.#mayAskBeside && this.#asksBeside();
    if (!alone) return this.#relayed(request, options);
    return this.#elsewhere(options, (session) => session.#relayed(request, options));
  }

  /**
   * Has the server say when a resource changes; what it says, on whichever connection, the pool passes on. Counted: each
   * asks for the end of its own.
   * @throws UpstreamError
   */
  subscribeResource(uri: string): Promise<void> {
    return this.#subscriptions.add(uri, this.#wire);
  }

  /** @throws UpstreamError */
  unsubscribeResource(uri: string): Promise<void> {
    return this.#subscriptions.remove(uri);
  }

  /** Whether it has asked to hear of resources, and somebody still wants to. */
  get subscribed(): boolean {
    return this.#subscriptions.of(this.#wire).length > 0;
  }

  /** Asks for what the server would have told a session that is gone. */
  adoptSubscriptions(): void {
    this.#subscriptions.adopt(this.#wire);
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
    headers: Readonly<Record<string, string>>,
  ): Promise<RawResult> {
    const { onProgress, onLog, attended, traceparent } = options;
    if (attended && this.#mayAskBeside) {
      return this.#elsewhere(options, (session) => session.#effect(method, params, options, headers));
    }
    const wire = this.#wire;
    return wire.calling(
      options,
      (of) => ({ ...hooksOf(options), ...of, unasked: cancelled }),
      async (call, attempt) => {
        const { deadline, progressToken } = call;
        const wantsLogs = onLog !== undefined && this.capabilities.logging !== undefined;
        if (wantsLogs) await wire.askForLogs(LOG_LEVEL, deadline, attempt);
        const meta: RequestMeta = {
          progressToken: onProgress && progressToken,
          traceparent,
          logLevel: wantsLogs ? LOG_LEVEL : undefined,
        };
        return wire.request({ method, params, meta, headers, call }, deadline, attempt);
      },
    );
  }

  #relayed(request: RelayRequest, options: RelayOptions): Promise<RelayedAnswer> {
    const schemaOf = async (name: unknown, wait: WaitOptions) => (await this.#toolOf(name, wait))?.inputSchema;
    return relayOver(this.#wire, request, options, schemaOf);
  }

  async #toolOf(name: unknown, options: WaitOptions): Promise<ToolDefinition | undefined> {
    return (await this.listTools(options)).find((tool) => tool.name === name);
  }

  /** On a session that nobody else uses meanwhile. */
  #elsewhere<T>(options: WaitOptions, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    if (!this.#lendAlone) return work(this);
    const { deadline } = options;
    return this.#lendAlone(deadline ? { signal: deadline.signal, timeoutMs: deadline.remainingMs } : options, work);
  }

  /** A legacy server may ask on the stream of the session, where its questions name no call. */
  get #mayAskBeside(): boolean {
    const { channel, protocol, sessionId } = this.#wire.connection;
    const isShared = this.#lendAlone !== undefined && channel.multiplexed;
    return isShared && protocol.era === 'legacy' && sessionId !== undefined;
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
