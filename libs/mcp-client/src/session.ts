import {
  LOG_LEVEL_META_KEY,
  ProtocolError,
  TRACEPARENT_META_KEY,
  type Implementation,
  type ServerCapabilities,
} from '@modelcontextprotocol/client';
import type { CallOptions, CurrentCall, ToolCall, ToolDefinition, ToolResult } from './call.js';
import { NO_SDK_TIMEOUT, type Connection } from './connection.js';
import { Deadline } from './deadline.js';
import { cancelled, deadlinePassed, toUpstreamError } from './failures.js';
import { listAll } from './listing.js';
import { listen } from './listening.js';
import { headerDeclarations, paramHeaders } from './param-headers.js';
import { isObject, rawResult, type RawResult } from './raw-result.js';
import { isStale } from './stale.js';
import type { Protocol, UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';

export interface WaitOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

export type OpenConnection = (deadline: Deadline) => Promise<Connection>;
type Send<T> = (connection: Connection, options: { signal: AbortSignal; timeout: number }) => Promise<T>;

/** Whether something that may have an effect has been handed to the network. */
interface Attempt {
  sent: boolean;
}

const HEADER_MISMATCH = -32020;
const LOG_LEVEL = 'info';

/**
 * One exclusive conversation with an upstream: one call at a time, so that what arrives meanwhile belongs to it.
 * A session that the server forgot is reopened once, silently, as long as nothing can have happened.
 */
export class UpstreamSession {
  readonly #target: UpstreamTarget;
  readonly #open: OpenConnection;
  #connection: Connection;
  #current: CurrentCall | undefined;
  #calls = 0;
  #logLevelSet = false;
  #retired = false;

  constructor(target: UpstreamTarget, connection: Connection, open: OpenConnection) {
    this.#target = target;
    this.#open = open;
    this.#connection = connection;
    listen(connection.client, () => this.#current);
  }

  get protocol(): Protocol {
    return this.#connection.protocol;
  }

  get serverInfo(): Implementation | undefined {
    return this.#connection.client.getServerVersion();
  }

  get capabilities(): ServerCapabilities {
    return this.#connection.client.getServerCapabilities() ?? {};
  }

  get instructions(): string | undefined {
    return this.#connection.client.getInstructions();
  }

  /** Whether it may serve another lease. */
  get reusable(): boolean {
    return !this.#retired && !this.#connection.closed;
  }

  /** Definitions without a name or input schema, and those whose header annotations are invalid, are left out. */
  async listTools(options: WaitOptions = {}): Promise<ToolDefinition[]> {
    const tools = await this.#list('tools', 'tools/list', this.capabilities.tools, options);
    return tools.filter(isTool).filter((tool) => {
      return this.protocol.era === 'legacy' || headerDeclarations(tool.inputSchema) !== undefined;
    });
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
    const headersFor = (schema: unknown) =>
      this.protocol.era === 'modern' ? paramHeaders(schema, params.arguments) : {};
    const result = await this.#effect('tools/call', params, options, headersFor(call.inputSchema)).catch(
      async (error: unknown) => {
        // The server compares headers before it does anything else, so the call may be repeated with the right ones.
        if (!(error instanceof UpstreamError) || error.rpc?.code !== HEADER_MISMATCH) throw error;
        const tool = (await this.listTools(options)).find(({ name }) => name === call.name);
        return this.#effect('tools/call', params, options, headersFor(tool?.inputSchema));
      },
    );
    return toToolResult(result);
  }

  /** @returns milliseconds of one round trip */
  async ping(options: WaitOptions = {}): Promise<number> {
    const startedAt = performance.now();
    const deadline = new Deadline(options.timeoutMs ?? this.#target.timeoutMs, options.signal);
    try {
      await this.#within(deadline, { sent: false }, ({ client, protocol }, sdk) =>
        protocol.era === 'modern' ? client.discover(sdk) : client.ping(sdk),
      );
    } finally {
      deadline.dispose();
    }
    return performance.now() - startedAt;
  }

  close(): Promise<void> {
    this.#retired = true;
    return this.#connection.close();
  }

  async #list(
    what: Parameters<typeof listAll>[0],
    method: string,
    capability: object | undefined,
    options: WaitOptions,
  ): Promise<RawResult[]> {
    if (!capability) return [];
    const deadline = new Deadline(options.timeoutMs ?? this.#target.timeoutMs, options.signal);
    try {
      return await listAll(what, (cursor) =>
        this.#within(deadline, { sent: false }, ({ client }, sdk) =>
          client.request({ method, params: cursor === undefined ? {} : { cursor } }, rawResult, sdk),
        ),
      );
    } finally {
      deadline.dispose();
    }
  }

  async #effect(
    method: string,
    params: Record<string, unknown>,
    { onProgress, onLog, onQuestion, traceparent, ...wait }: CallOptions,
    headers: Record<string, string>,
  ): Promise<RawResult> {
    if (this.#current) throw new Error('A session takes one call at a time.');
    const progressToken = `call-${++this.#calls}`;
    const deadline = new Deadline(wait.timeoutMs ?? this.#target.timeoutMs, wait.signal);
    this.#current = {
      progressToken,
      deadline,
      ...(onProgress && { onProgress }),
      ...(onLog && { onLog }),
      ...(onQuestion && { onQuestion }),
    };
    const attempt: Attempt = { sent: false };
    const work = this.#within(deadline, attempt, async (connection, sdk) => {
      const wantsLogs = onLog !== undefined && this.capabilities.logging !== undefined;
      if (wantsLogs) await this.#askForLogs(connection, sdk);
      const _meta = {
        ...(onProgress && { progressToken }),
        ...(traceparent !== undefined && { [TRACEPARENT_META_KEY]: traceparent }),
        ...(wantsLogs && connection.protocol.era === 'modern' && { [LOG_LEVEL_META_KEY]: LOG_LEVEL }),
      };
      attempt.sent = true;
      connection.trace.begin();
      const withMeta = Object.keys(_meta).length > 0 ? { ...params, _meta } : params;
      return connection.client.request({ method, params: withMeta }, rawResult, {
        ...sdk,
        headers: traceparent === undefined ? headers : { ...headers, traceparent },
      });
    });
    return work.finally(() => {
      this.#current = undefined;
      deadline.dispose();
    });
  }

  async #askForLogs({ client, protocol }: Connection, sdk: { signal: AbortSignal; timeout: number }): Promise<void> {
    if (protocol.era === 'modern' || this.#logLevelSet) return;
    this.#logLevelSet = true;
    // A server that declares logs but has no levels sends what it likes.
    await client
      .request({ method: 'logging/setLevel', params: { level: LOG_LEVEL } }, rawResult, sdk)
      .catch((error: unknown) => {
        if (!(error instanceof ProtocolError)) throw error;
      });
  }

  async #within<T>(deadline: Deadline, attempt: Attempt, send: Send<T>): Promise<T> {
    if (deadline.signal.aborted) throw cancelled(false);
    if (this.#connection.closed) await this.#reopen(deadline);
    try {
      return await this.#once(deadline, send);
    } catch (error) {
      const mayRepeat = !deadline.signal.aborted && isStale(error, this.#connection);
      if (!mayRepeat) throw this.#explain(error, deadline, attempt.sent);
      attempt.sent = false;
      await this.#reopen(deadline);
      return await this.#once(deadline, send).catch((again: unknown) => {
        throw this.#explain(again, deadline, attempt.sent);
      });
    }
  }

  #once<T>(deadline: Deadline, send: Send<T>): Promise<T> {
    const connection = this.#connection;
    connection.trace.begin();
    const work = send(connection, { signal: deadline.signal, timeout: NO_SDK_TIMEOUT });
    // Whoever loses the race may still fail, which then concerns nobody.
    work.catch(() => undefined);
    return deadline.race(work, connection.lost).catch((error: unknown) => {
      // A legacy stream cannot be cut; what still comes of this call must not reach the next one.
      if (deadline.signal.aborted && connection.protocol.era === 'legacy') void this.close();
      throw error;
    });
  }

  async #reopen(deadline: Deadline): Promise<void> {
    const before = this.#connection;
    try {
      this.#connection = await this.#open(deadline);
    } catch (error) {
      throw this.#explain(error, deadline, false);
    }
    this.#logLevelSet = false;
    this.#retired = false;
    listen(this.#connection.client, () => this.#current);
    void before.close();
  }

  #explain(error: unknown, deadline: Deadline, effect: boolean): UpstreamError {
    if (deadline.expired) return deadlinePassed(deadline.timeoutMs, effect);
    if (deadline.signal.aborted) return cancelled(effect);
    return toUpstreamError(error, { target: this.#target, trace: this.#connection.trace, effect });
  }
}

const isTool = (item: RawResult): item is ToolDefinition => typeof item.name === 'string' && isObject(item.inputSchema);

function toToolResult(result: RawResult): ToolResult {
  const { content = [] } = result;
  if (Array.isArray(content)) return { ...result, content: content.filter(isObject) };
  throw new UpstreamError('UPSTREAM_PROTOCOL', 'The server answered the call with something that is no tool result.', {
    requestSent: true,
  });
}
