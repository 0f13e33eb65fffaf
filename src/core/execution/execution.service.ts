import { type LogMessage, UpstreamError, type UpstreamErrorCode, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { AppError, toAppError } from '../../platform/errors/app-error.js';
import { Logger } from '../../platform/logging/logger.js';
import type { ServerId } from '../../platform/ids.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Artifact, IncomingFile } from '../artifacts/artifact.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { ToolConfirmation } from '../registry/tool-confirmation.service.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { type RawAnswer, readAnswer, readResourceFile, toPreview } from './answer.js';
import { ArgumentValidation, describeIssues } from './argument-validation.js';
import { CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import type { CallObserver, ToolCall } from './tool-call.js';
import type { ToolOutcome } from './tool-outcome.js';

/** The one way to call a tool, whoever asked. */
@Injectable()
export class ExecutionService {
  private readonly validation = new ArgumentValidation();

  constructor(
    private readonly tools: ToolsService,
    private readonly confirmation: ToolConfirmation,
    private readonly upstreams: UpstreamsService,
    private readonly artifacts: ArtifactsService,
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
    const outcome = await this.run(call, observer);
    const { serverId, name } = call.tool;
    this.metrics.seen(serverId, name, outcome.status, performance.now() - start.tick);
    this.log.finished(call, outcome, start, await this.nameOf(serverId));
    return outcome;
  }

  private async nameOf(serverId: ServerId): Promise<string> {
    return this.upstreams.describe(serverId).then(
      ({ name }) => name,
      () => '',
    );
  }

  private async run(call: ToolCall, observer: CallObserver): Promise<ToolOutcome> {
    const { tool } = call;
    let current: ToolDefinition | undefined;
    try {
      current = await this.tools.findTool(tool.serverId, tool.name);
    } catch (error) {
      const { code, message } = toAppError(error);
      return { status: 'not_sent', fault: { code, message }, transient: true };
    }
    if (current?.pin !== tool.pin) {
      return toolChanged(current ? 'changed' : 'gone');
    }
    const issues = call.validated ? [] : this.validate(tool, call.arguments);
    if (issues.length > 0) {
      const fault = { code: 'INVALID_ARGUMENTS', message: `The tool does not take this: ${describeIssues(issues)}.` };
      return { status: 'not_sent', fault, transient: false };
    }
    let timeoutMs = call.timeoutMs ?? 0;
    try {
      return await this.upstreams.withSession(tool.serverId, { signal: observer.signal }, async (session, server) => {
        timeoutMs = call.timeoutMs ?? server.timeout * 1_000;
        const confirmed = await this.confirmation.confirm(session, tool, { signal: observer.signal, timeoutMs });
        if (confirmed !== 'same') return toolChanged(confirmed);
        const raw = await this.callUpstream(session, call, observer, timeoutMs);
        return this.toOutcome(call, raw, session, observer.signal);
      });
    } catch (error) {
      return toFaultOutcome(error, observer.signal, timeoutMs);
    }
  }

  /** The one thing that leaves: the server is told which trace it belongs to. */
  private async callUpstream(session: UpstreamSession, call: ToolCall, observer: CallObserver, timeoutMs: number) {
    const { tool } = call;
    const facts = {
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': session.protocol.version,
      'gen_ai.tool.name': tool.name,
      'app.server_id': tool.serverId,
    };
    return this.tracing.span(`tools/call ${tool.name}`, { kind: 'client', facts }, async (span) => {
      const traceparent = this.tracing.current();
      const raw = await session.callTool(
        { name: tool.name, arguments: call.arguments },
        {
          ...(traceparent !== undefined && { traceparent }),
          signal: observer.signal,
          timeoutMs,
          attended: call.sessionId !== null,
          onProgress: (progress) => observer.onProgress(progress),
          onLog: (message) => observer.onLog(toLogEntry(message)),
          onQuestion: (question, { signal }) => observer.onQuestion(question, signal),
        },
      );
      if (raw.isError) span.failed('tool_error');
      return raw;
    });
  }

  private async toOutcome(
    call: ToolCall,
    raw: RawAnswer & { isError?: boolean },
    session: UpstreamSession,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const answer = readAnswer(call.tool.name, raw);
    const linked = await readLinks(answer.links, session, signal);
    const { preview, content, structuredContent } = answer;
    const output = { content, ...(structuredContent === undefined ? {} : { structuredContent }) };
    let artifacts: Artifact[];
    try {
      artifacts = await this.keep(call, [...answer.files, ...linked]);
    } catch (error) {
      // The call has been made: nothing may look as if it had not, or it would be made again.
      const fault = this.fileNotStored(error);
      return { status: 'failed', fault, preview, output, artifacts: [] };
    }
    if (!raw.isError) return { status: 'succeeded', preview, output, artifacts };
    const message = preview.split('\n', 1)[0]?.slice(0, 500) || 'The tool reported a failure without a word.';
    return { status: 'failed', fault: { code: 'TOOL_FAILED', message }, preview, output, artifacts };
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

/** RFC 5424's eight levels, as MCP has them, in our four. */
function toLogEntry({ level, data }: LogMessage): { level: 'debug' | 'info' | 'warn' | 'error'; message: string } {
  const message = toPreview(typeof data === 'string' ? data : JSON.stringify(data));
  if (level === 'debug') return { level, message };
  if (level === 'info' || level === 'notice') return { level: 'info', message };
  return { level: level === 'warning' ? 'warn' : 'error', message };
}

/** A linked resource that cannot be read is only missing as a file; the call has succeeded all the same. */
async function readLinks(
  links: readonly { uri: string; name: string; contentType: string }[],
  session: UpstreamSession,
  signal: AbortSignal,
): Promise<IncomingFile[]> {
  const files: IncomingFile[] = [];
  for (const link of links) {
    const read = await session.readResource(link.uri, { signal }).catch(() => undefined);
    const file = read && readResourceFile(read, link);
    if (file) files.push(file);
  }
  return files;
}

/** What may be gone at the next try. */
const TRANSIENT: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_TIMEOUT',
]);

/** A changed tool is tried again at once, which puts the new definition before a person. */
const toolChanged = (how: 'changed' | 'gone'): ToolOutcome => ({
  status: 'not_sent',
  fault:
    how === 'changed'
      ? { code: 'TOOL_CHANGED', message: 'The tool changed on its server after it was approved.' }
      : { code: 'TOOL_GONE', message: 'The server no longer has this tool.' },
  transient: how === 'changed',
});

const isUnsent = (error: unknown): boolean => error instanceof UpstreamError && !error.requestSent;

function toFaultOutcome(error: unknown, signal: AbortSignal, timeoutMs: number): ToolOutcome {
  if (signal.aborted) return { status: 'cancelled', sent: !isUnsent(error) };
  if (error instanceof UpstreamError) {
    if (error.code === 'UPSTREAM_TIMEOUT' && error.requestSent) return { status: 'timed_out', afterMs: timeoutMs };
    const fault = { code: error.code, message: toPreview(error.message) };
    if (error.code === 'UPSTREAM_ERROR') {
      return { status: 'failed', fault, preview: fault.message, output: { content: [] }, artifacts: [] };
    }
    if (error.requestSent) return { status: 'lost', fault };
    return { status: 'not_sent', fault, transient: TRANSIENT.has(error.code) };
  }
  if (error instanceof AppError && error.kind !== 'internal') {
    const transient = error.kind === 'unavailable';
    return { status: 'not_sent', fault: { code: error.code, message: error.message }, transient };
  }
  throw error;
}
