import type { Deadline, Interruption, UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { toAppError } from '../../platform/errors/app-error.js';
import { Logger } from '../../platform/logging/logger.js';
import type { Soon } from '@app/soon';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Artifact, IncomingFile } from '../artifacts/artifact.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { outputOf, type RawAnswer, type ReadAnswer, readAnswer } from './answer.js';
import { ArgumentValidation } from './argument-validation.js';
import { isTask, outputInvalid, readLinks, TASKS_NOT_SUPPORTED, toFaultOutcome, toLogEntry } from './call-faults.js';
import { CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import { CallSending } from './call-sending.service.js';
import { inCallSpan } from './call-span.js';
import type { CallObserver, ToolCall } from './tool-call.js';
import type { CallFault, ToolOutcome } from './tool-outcome.js';

type RawResult = RawAnswer & { isError?: boolean };

/** The one way to call a tool, whoever asked. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly sending: CallSending,
    private readonly validation: ArgumentValidation,
    private readonly artifacts: ArtifactsService,
    private readonly log: CallLog,
    private readonly metrics: CallMetrics,
    private readonly tracing: Tracing,
    private readonly logger: Logger,
  ) {}

  /** What is wrong with arguments for a tool, before anybody is asked. */
  validate(tool: ToolDefinition, args: unknown) {
    return this.validation.checkArguments(tool, args);
  }

  /** Never throws for what the upstream does; the files of the outcome are written but not yet recorded. */
  async call(call: ToolCall, observer: CallObserver): Promise<ToolOutcome> {
    const start = this.log.start();
    const { signal } = observer;
    const { outcome, serverName } = await this.sending.send<ToolOutcome>(call, start, signal, {
      make: async (session, deadline, answered) => {
        const raw = await this.callUpstream(session, call, observer, deadline);
        answered();
        return this.toOutcome(call, raw, session, { signal, timeoutMs: Math.max(1, deadline.remainingMs) });
      },
      fault: (error, timeoutMs) => toFaultOutcome(error, signal, timeoutMs),
    });
    const { serverId, name } = call.tool;
    this.metrics.seen(serverId, name, outcome.status, performance.now() - start.tick);
    this.log.finished(call, outcome, start, serverName);
    return outcome;
  }

  private callUpstream(session: UpstreamSession, call: ToolCall, observer: CallObserver, deadline: Deadline) {
    const { tool } = call;
    const { onProgress, onLog } = observer;
    return inCallSpan<RawResult>(this.tracing, session, tool, (traceparent) =>
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
      ),
    );
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
