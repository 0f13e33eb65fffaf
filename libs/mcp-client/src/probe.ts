import type { EgressGuard } from '@app/egress';
import type { Implementation } from '@modelcontextprotocol/client';
import type { ToolDefinition } from './call.js';
import { Deadline } from './deadline.js';
import { cancelled, deadlinePassed, seconds, toUpstreamError } from './failures.js';
import { openConnection } from './open-connection.js';
import { agreeOnTls, connectTcp } from './probe-network.js';
import { chooseSampleCall, describeSample } from './sample-call.js';
import { UpstreamSession } from './session.js';
import type { ClientInfo, Protocol, UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace } from './upstream-fetch.js';

export const PROBE_CHECKS = ['address', 'network', 'tls', 'http', 'auth', 'protocol', 'tools', 'sample_call'] as const;
export type ProbeCheckName = (typeof PROBE_CHECKS)[number];

export interface ProbeCheck {
  name: ProbeCheckName;
  status: 'passed' | 'failed' | 'skipped';
  durationMs: number;
  summary: string;
  /** Of a failure, in plain words. */
  cause?: string;
  /** One thing to try. */
  fix?: string;
  /** For an engineer. */
  detail?: string;
}

export interface ProbeReport {
  /** Whether sessions can be opened and tools listed; the sample call does not count. */
  ok: boolean;
  checks: ProbeCheck[];
  protocol?: Protocol;
  serverInfo?: Implementation;
  tools: ToolDefinition[];
  counts: { tools: number; resources: number; prompts: number };
  /** One MCP round trip. */
  latencyMs?: number;
}

export interface ProbeOptions {
  signal?: AbortSignal;
  /** Hears of each check as it is decided. */
  onCheck?: (check: ProbeCheck) => void;
  clientInfo?: ClientInfo;
}

const RUNS_HERE = 'Not used: the package runs on this instance.';

/** What a check found; `skipped` says why it was not needed. */
type Finding = { summary: string; detail?: string } | { skipped: string };

/**
 * Tests a target step by step within its timeout; after a failure the rest is skipped.
 * Never throws: what went wrong is in the report.
 */
export async function probe(
  guard: EgressGuard,
  target: UpstreamTarget,
  { signal, onCheck, clientInfo = { name: 'switchyard', version: '0' } }: ProbeOptions = {},
): Promise<ProbeReport> {
  const run = new ProbeRun(guard, target, new Deadline(target.timeoutMs, signal), clientInfo, onCheck);
  return run.report();
}

class ProbeRun {
  readonly #checks: ProbeCheck[] = [];
  readonly #found: Omit<ProbeReport, 'ok' | 'checks'> = { tools: [], counts: { tools: 0, resources: 0, prompts: 0 } };

  constructor(
    private readonly guard: EgressGuard,
    private readonly target: UpstreamTarget,
    private readonly deadline: Deadline,
    private readonly clientInfo: ClientInfo,
    private readonly onCheck: ProbeOptions['onCheck'],
  ) {}

  async report(): Promise<ProbeReport> {
    let session: UpstreamSession | undefined;
    try {
      await this.#reachHost();
      session = await this.#openSession();
      if (session) await this.#useSession(session);
    } finally {
      // A server that does not answer a goodbye must not hold up the report.
      void session?.close();
      this.deadline.dispose();
    }
    for (const name of PROBE_CHECKS.slice(this.#checks.length)) this.#skip(name, 'An earlier check failed.');
    const ok = this.#checks.every(({ name, status }) => status !== 'failed' || name === 'sample_call');
    return { ok, checks: this.#checks, ...this.#found };
  }

  get #failed(): boolean {
    return this.#checks.some(({ status }) => status === 'failed');
  }

  get #isProcess(): boolean {
    return this.target.transport === 'stdio';
  }

  async #reachHost(): Promise<void> {
    if (this.#isProcess) {
      for (const name of ['address', 'network', 'tls'] as const) this.#skip(name, RUNS_HERE);
      return;
    }
    const checked = await this.#step('address', async () => {
      const found = await this.guard.check(this.target.url, { signal: this.deadline.signal });
      const why = {
        public: 'on the public internet',
        loopback: 'on this machine',
        allowed: 'allowed by policy',
        exempt: 'allowed by policy',
      };
      return { value: found, summary: `${found.url.origin}${found.url.pathname}, ${why[found.reason]}` };
    });
    if (!checked) return;
    const socket = await this.#step('network', async () => {
      const connected = await this.deadline.race(connectTcp(checked, this.deadline.signal));
      return { value: connected.socket, summary: `TCP ${Math.round(connected.ms)} ms` };
    });
    if (!socket) return;
    try {
      await this.#step('tls', async () => {
        if (checked.url.protocol === 'http:') return { value: true, skipped: 'Not used: the URL is http.' };
        const tls = await this.deadline.race(agreeOnTls(socket, checked, this.target.verifyTls));
        return { value: true, summary: tls };
      });
    } finally {
      socket.destroy();
    }
  }

  /** One connection answers three questions: does it speak HTTP, does it let us in, does it speak MCP. */
  async #openSession(): Promise<UpstreamSession | undefined> {
    if (this.#failed) return undefined;
    const { guard, target, deadline, clientInfo } = this;
    const isProcess = this.#isProcess;
    const trace = newTrace();
    const startedAt = performance.now();
    let answeredAt: number | undefined;
    const onAnswer = () => void (answeredAt ??= performance.now());
    const open = () => openConnection({ guard, target, clientInfo, deadline, trace, onAnswer });
    try {
      const connection = await open();
      const now = performance.now();
      if (isProcess) this.#skip('http', RUNS_HERE);
      else this.#pass('http', (answeredAt ?? now) - startedAt, `HTTP ${connection.trace.status ?? 200}`);
      this.#pass('auth', 0, Object.keys(target.headers).length > 0 ? 'Credential accepted' : 'None required');
      const { version, era, offered } = connection.protocol;
      const others = offered.filter((one) => one !== version);
      const how = isProcess
        ? 'over its standard streams'
        : era === 'modern'
          ? 'stateless'
          : connection.protocol.transport === 'sse'
            ? 'HTTP+SSE'
            : 'with handshake';
      const also = others.length > 0 ? `, also offers ${others.join(', ')}` : '';
      this.#pass('protocol', now - (answeredAt ?? (isProcess ? startedAt : now)), `${version} (${how})${also}`);
      this.#found.protocol = connection.protocol;
      const session = new UpstreamSession(target, connection, { reopen: open });
      if (session.serverInfo) this.#found.serverInfo = session.serverInfo;
      return session;
    } catch (error) {
      this.#failOpening(this.#explain(error, trace), performance.now() - startedAt, answeredAt !== undefined);
      return undefined;
    }
  }

  #failOpening(error: UpstreamError, ms: number, answered: boolean): void {
    const status = error.httpStatus;
    if (this.#isProcess) {
      for (const name of ['http', 'auth'] as const) this.#skip(name, RUNS_HERE);
      return this.#fail('protocol', ms, error);
    }
    if (error.code === 'UPSTREAM_AUTH') {
      if (status === undefined) this.#skip('http', 'Not asked: the account cannot be used.');
      else this.#pass('http', ms, `HTTP ${status}`);
      return this.#fail('auth', 0, error);
    }
    const isHttpFault = !answered || (status !== undefined && status >= 400 && error.rpc === undefined);
    if (isHttpFault || error.code === 'UPSTREAM_REFUSED') return this.#fail('http', ms, error);
    this.#pass('http', ms, `HTTP ${status ?? 200}`);
    this.#pass('auth', 0, Object.keys(this.target.headers).length > 0 ? 'Credential not refused' : 'None required');
    this.#fail('protocol', ms, error);
  }

  async #useSession(session: UpstreamSession): Promise<void> {
    const tools = await this.#step('tools', async () => {
      const listed = await session.listTools(this.#rest());
      const resources = await session.listResources(this.#rest());
      const prompts = await session.listPrompts(this.#rest());
      this.#found.latencyMs = await session.ping(this.#rest());
      this.#found.tools = listed;
      this.#found.counts = { tools: listed.length, resources: resources.length, prompts: prompts.length };
      const counts = [`${count(listed, 'tool')}`, count(resources, 'resource'), count(prompts, 'prompt')];
      return { value: listed, summary: counts.join(', ') };
    });
    if (!tools) return;
    await this.#step('sample_call', async () => {
      const sample = chooseSampleCall(tools);
      if (!sample) return { value: true, skipped: 'No read-only tool that can be called without knowing it.' };
      const result = await session.callTool(sample, this.#rest());
      if (result.isError)
        throw new UpstreamError('UPSTREAM_ERROR', `The tool ${sample.name} failed.`, { requestSent: true });
      return { value: true, summary: describeSample(sample, result) };
    });
  }

  #rest(): { signal: AbortSignal; timeoutMs: number } {
    return { signal: this.deadline.signal, timeoutMs: Math.max(1, this.deadline.remainingMs) };
  }

  /** Runs one check unless an earlier one failed; undefined when it failed or was not run. */
  async #step<T>(name: ProbeCheckName, work: () => Promise<Finding & { value: T }>): Promise<T | undefined> {
    if (this.#failed) return undefined;
    const startedAt = performance.now();
    try {
      const found = await work();
      const ms = performance.now() - startedAt;
      if ('skipped' in found) this.#skip(name, found.skipped);
      else this.#pass(name, ms, found.summary);
      return found.value;
    } catch (error) {
      this.#fail(name, performance.now() - startedAt, this.#explain(error, newTrace()));
      return undefined;
    }
  }

  #explain(error: unknown, trace: ReturnType<typeof newTrace>): UpstreamError {
    const { deadline, target } = this;
    if (deadline.expired) return deadlinePassed(target.timeoutMs, false);
    if (deadline.ended) return cancelled(false);
    return toUpstreamError(error, { target, trace, effect: false });
  }

  #pass(name: ProbeCheckName, ms: number, summary: string): void {
    this.#add({ name, status: 'passed', durationMs: Math.round(ms), summary });
  }

  #skip(name: ProbeCheckName, summary: string): void {
    this.#add({ name, status: 'skipped', durationMs: 0, summary });
  }

  #fail(name: ProbeCheckName, ms: number, { message, fix, detail, code }: UpstreamError): void {
    const summary = code === 'UPSTREAM_TIMEOUT' ? `No answer within ${seconds(this.target.timeoutMs)}` : message;
    const check: ProbeCheck = { name, status: 'failed', durationMs: Math.round(ms), summary, cause: message };
    this.#add({ ...check, ...(fix && { fix }), detail: [code, detail].filter(Boolean).join(' ') });
  }

  #add(check: ProbeCheck): void {
    this.#checks.push(check);
    this.onCheck?.(check);
  }
}

const count = (list: readonly unknown[], noun: string): string =>
  `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
