import { type Interruption, Deadline, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { toAppError } from '../../platform/errors/app-error.js';
import { Logger } from '../../platform/logging/logger.js';
import type { Soon } from '../../platform/soon.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Artifact, IncomingFile } from '../artifacts/artifact.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { ToolConfirmation } from '../registry/tool-confirmation.service.js';
import { ToolsService } from '../registry/tools.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import { toolQuarantined } from '../registry/registry.errors.js';
import { type Upstream, UpstreamsService } from '../registry/upstreams.service.js';
import { outputOf, type RawAnswer, type ReadAnswer, readAnswer } from './answer.js';
import { ArgumentValidation, describeIssues } from './argument-validation.js';
import { isTask, outputInvalid, readLinks, TASKS_NOT_SUPPORTED, toFaultOutcome, toLogEntry } from './call-faults.js';
import { toFault, toolChanged, unavailable } from './call-faults.js';
import { CallLog } from './call-log.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { CallMetrics } from './call-metrics.js';
import { CallTime } from './call-time.js';
import type { CallObserver, ToolCall } from './tool-call.js';
import { pauseBeforeRepeat, pauseUntil } from './repeats.js';
import type { CallFault, ToolOutcome } from './tool-outcome.js';

type RawResult = RawAnswer & { isError?: boolean };

/** The one way to call a tool, whoever asked. */
@Injectable()
export class ExecutionService {
  private readonly validation = new ArgumentValidation();

  constructor(
    private readonly tools: ToolsService,
    private readonly confirmation: ToolConfirmation,
    private readonly upstreams: UpstreamsService,
    private readonly artifacts: ArtifactsService,
    private readonly circuits: CircuitBreakers,
    private readonly log: CallLog,
    private readonly metrics: CallMetrics,
    private readonly tracing: Tracing,
    private readonly logger: Logger,
  ) {}

  /** What is wrong with arguments for a tool, before anybody is asked. */
  validate(tool: ToolDefinition, args: unknown) {
    return this.validation.check(tool.pin, tool.inputSchema, args);
  }

  /** Never throws for what the upstream does; the files of the outcome are written but not yet recorded. */
  async call(call: ToolCall, observer: CallObserver): Promise<ToolOutcome> {
    const start = this.log.start();
    const seen = { serverName: '' };
    const time = new CallTime(call, start.tick);
    let outcome = await this.run(call, observer, time, seen);
    for (let repeats = 0; outcome.status !== 'succeeded' && !observer.signal.aborted; repeats += 1) {
      const pauseMs = pauseBeforeRepeat(call, outcome, { repeats, time });
      if (pauseMs === undefined) break;
      await pauseUntil(observer.signal, pauseMs);
      outcome = await this.run(call, observer, time, seen);
    }
    const { serverId, name } = call.tool;
    this.metrics.seen(serverId, name, outcome.status, performance.now() - start.tick);
    this.log.finished(call, outcome, start, seen.serverName);
    return outcome;
  }

  private async run(
    call: ToolCall,
    observer: CallObserver,
    time: CallTime,
    seen: { serverName: string },
  ): Promise<ToolOutcome> {
    const { tool } = call;
    let upstream: Upstream;
    let current: ListedTool | undefined;
    try {
      const known = this.upstreams.find(tool.serverId, call.userId);
      upstream = known instanceof Promise ? await known : known;
      seen.serverName = upstream.server.name;
      const found = this.tools.findTool(tool.serverId, tool.name);
      current = found instanceof Promise ? await found : found;
    } catch (error) {
      const fault = toFault(toAppError(error));
      return { status: 'not_sent', fault, transient: fault.signIn === undefined };
    }
    if (current?.pin !== tool.pin) {
      return toolChanged(current ? 'changed' : 'gone');
    }
    if (current.quarantined) {
      const { code, message } = toolQuarantined(current);
      return { status: 'not_sent', fault: { code, message }, transient: false };
    }
    const issues = call.validated ? [] : this.validate(tool, call.arguments);
    if (issues.length > 0) {
      const fault = { code: 'INVALID_ARGUMENTS', message: `The tool does not take this: ${describeIssues(issues)}.` };
      return { status: 'not_sent', fault, transient: false };
    }
    return await this.send(call, observer, time, upstream);
  }

  private async send(call: ToolCall, observer: CallObserver, time: CallTime, upstream: Upstream): Promise<ToolOutcome> {
    const { tool } = call;
    const { signal } = observer;
    time.begin(upstream.server.timeout * 1_000);
    const place = upstream.target.key;
    const entered = this.circuits.enter(tool.serverId, place);
    if (!entered.allowed) return unavailable(entered.retryAfterSeconds);
    const leave = (error?: unknown) => this.circuits.leave(tool.serverId, place, error, entered);
    const deadline = new Deadline(time.leftMs, signal);
    try {
      return await this.upstreams.use(upstream, { signal, timeoutMs: time.leftMs }, async (session) => {
        const confirmed = await this.confirmation.confirm(session, tool, place, deadline);
        if (confirmed === 'same') {
          const raw = await this.callUpstream(session, call, observer, deadline);
          leave();
          return this.toOutcome(call, raw, session, { signal, timeoutMs: time.leftMs });
        }
        // It answered: another definition is no reason to spare it.
        leave();
        return toolChanged(confirmed);
      });
    } catch (error) {
      leave(signal.aborted ? new Error('Cancelled.') : error);
      return toFaultOutcome(error, signal, time.timeoutMs);
    } finally {
      deadline.dispose();
    }
  }

  /** The one thing that leaves: the server is told which trace it belongs to. */
  private callUpstream(session: UpstreamSession, call: ToolCall, observer: CallObserver, deadline: Deadline) {
    const { tool } = call;
    const { onProgress, onLog } = observer;
    const work = (traceparent?: string) =>
      session.callTool(
        { name: tool.name, arguments: call.arguments },
        {
          traceparent,
          deadline,
          attended: call.sessionId !== null,
          onProgress,
          onLog: onLog && ((message) => onLog(toLogEntry(message))),
          onQuestion: (question, { signal: ends }) => observer.onQuestion(question, ends),
        },
      );
    if (!this.tracing.enabled) return work();
    const facts = {
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': session.protocol.version,
      'gen_ai.tool.name': tool.name,
      'app.server_id': tool.serverId,
    };
    return this.tracing.span(`tools/call ${tool.name}`, { kind: 'client', facts }, async (span) => {
      const raw = await work(this.tracing.current());
      if (raw.isError) span.failed('tool_error');
      return raw;
    });
  }

  private toOutcome(
    call: ToolCall,
    raw: RawResult,
    session: UpstreamSession,
    wait: { signal: Interruption; timeoutMs: number },
  ): Soon<ToolOutcome> {
    const answer = readAnswer(call.tool.name, raw);
    const hasFiles = answer.files.length > 0 || answer.links.length > 0;
    return hasFiles ? this.withFiles(call, raw, answer, session, wait) : this.outcomeOf(call, raw, answer, []);
  }

  private async withFiles(
    call: ToolCall,
    raw: RawResult,
    answer: ReadAnswer,
    session: UpstreamSession,
    wait: { signal: Interruption; timeoutMs: number },
  ): Promise<ToolOutcome> {
    const linked = answer.links.length > 0 ? await readLinks(answer.links, session, wait) : [];
    const files = [...answer.files, ...linked];
    let artifacts: Artifact[];
    try {
      artifacts = files.length > 0 ? await this.keep(call, files) : [];
    } catch (error) {
      // The call has been made: nothing may look as if it had not, or it would be made again.
      const fault = this.fileNotStored(error);
      return { status: 'failed', fault, preview: answer.preview, output: outputOf(answer), artifacts: [] };
    }
    return this.outcomeOf(call, raw, answer, artifacts);
  }

  private outcomeOf(call: ToolCall, raw: RawResult, answer: ReadAnswer, artifacts: Artifact[]): ToolOutcome {
    const { preview } = answer;
    const output = outputOf(answer);
    const fault = this.faultIn(call.tool, raw, preview);
    return fault
      ? { status: 'failed', fault, preview, output, artifacts }
      : { status: 'succeeded', preview, output, artifacts };
  }

  /** What is wrong with an answer: by its own word, or as what the tool promises. */
  private faultIn(tool: ToolDefinition, raw: RawResult, preview: string): CallFault | undefined {
    if (raw.isError) {
      const message = preview.split('\n', 1)[0]?.slice(0, 500) || 'The tool reported a failure without a word.';
      return { code: 'TOOL_FAILED', message };
    }
    if (isTask(raw)) return TASKS_NOT_SUPPORTED;
    if (!tool.outputSchema) return undefined;
    const issues = this.validation.check(`${tool.pin} output`, tool.outputSchema, raw.structuredContent ?? null);
    return issues.length > 0 ? outputInvalid(issues) : undefined;
  }

  private async keep(call: ToolCall, files: readonly IncomingFile[]): Promise<Artifact[]> {
    const origin = {
      sessionId: call.sessionId,
      planId: call.planId,
      nodeId: call.nodeId,
      serverId: call.tool.serverId,
      tool: call.tool.name,
    };
    const kept: Artifact[] = [];
    try {
      for (const file of files) kept.push(await this.artifacts.keep(call, origin, file));
    } catch (error) {
      for (const artifact of kept) await this.artifacts.discard(artifact).catch(() => undefined);
      throw error;
    }
    return kept;
  }

  private fileNotStored(error: unknown): { code: string; message: string } {
    this.logger.error({ err: (error as Error).cause ?? error }, 'a file could not be stored');
    const { kind, code, message } = toAppError(error);
    const known = kind !== 'internal';
    return {
      code: known ? code : 'FILE_NOT_STORED',
      message: `The tool has done its work, but a file it made could not be stored.${known ? ` ${message}` : ''}`,
    };
  }
}
