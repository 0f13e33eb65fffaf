import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { toAppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import type { SessionId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { Logger } from '../../platform/logging/logger.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import { ExecutionService } from '../execution/execution.service.js';
import type { ToolOutcome } from '../execution/tool-outcome.js';
import { SessionLog } from '../sessions/session-log.js';
import { LogRelay } from './log-relay.js';
import { type BegunRun, NodeRunsService } from './node-runs.service.js';
import { QuestionsService } from './questions.service.js';
import { runNode } from './run-node.job.js';
import { SignedInCalls } from './signed-in-calls.js';
import { planStopTopic } from './stops.service.js';

interface Payload {
  sessionId: string;
  nodeId: string;
  attempt: number;
}

const PROGRESS_EVERY_MS = 500;
/** A hint that a call was stopped may be lost: then it is seen this late. */
const LOOK_FOR_STOP_MS = 5_000;

@Injectable()
export class RunNodeHandler extends JobHandler<Payload> {
  readonly job = runNode;

  constructor(
    private readonly runs: NodeRunsService,
    private readonly execution: ExecutionService,
    private readonly questions: QuestionsService,
    private readonly signedIn: SignedInCalls,
    private readonly claims: Claims,
    private readonly log: SessionLog,
    private readonly artifacts: ArtifactsService,
    private readonly hints: Hints,
    private readonly tracing: Tracing,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ sessionId, nodeId, attempt }: Payload, { signal }: JobRun): Promise<void> {
    const stop = new AbortController();
    // Before the run begins, so that a stop in between is not missed.
    const unsubscribe = this.hints.subscribe(planStopTopic(sessionId as SessionId), () => stop.abort());
    let looking: NodeJS.Timeout | undefined;
    try {
      const run = await this.runs.begin(sessionId as SessionId, nodeId, attempt, signal);
      if (!run) return;
      looking = setInterval(() => void this.lookForStop(run, stop), LOOK_FOR_STOP_MS);
      await this.traced(run, () => this.callAndFinish(run, stop.signal, signal));
    } finally {
      clearInterval(looking);
      unsubscribe();
    }
  }

  private async traced(run: BegunRun, work: () => Promise<ToolOutcome>): Promise<void> {
    const { session, node } = run;
    const facts = {
      'app.session_id': session.id,
      'app.plan_id': node.planId,
      'app.node_id': node.id,
      'app.attempt': node.attempt,
    };
    await this.tracing.span(`node ${node.tool}`, { facts }, async (span) => {
      const outcome = await work();
      span.tell({ 'app.outcome': outcome.status });
      if (outcome.status !== 'succeeded') span.failed('fault' in outcome ? outcome.fault.code : outcome.status);
    });
  }

  private async lookForStop(run: BegunRun, stop: AbortController): Promise<void> {
    // Without an answer the next look tells.
    if (await this.runs.isStopRequested(run).catch(() => false)) stop.abort();
  }

  private async callAndFinish(run: BegunRun, stop: AbortSignal, ending: AbortSignal): Promise<ToolOutcome> {
    const scoped = new ScopedSignal([stop, ending]);
    try {
      const outcome = await this.call(run, scoped.signal);
      const stopping = ending.aborted && !stop.aborted;
      const told = await this.finish(run, outcome, stopping);
      if (!told && 'artifacts' in outcome) {
        for (const artifact of outcome.artifacts) await this.artifacts.discard(artifact);
      }
      return outcome;
    } finally {
      scoped.end();
      this.claims.release(run.claim);
    }
  }

  private async call(run: BegunRun, signal: AbortSignal): Promise<ToolOutcome> {
    const { session, node } = run;
    let toldAt = 0;
    const relay = new LogRelay(node.id, this.clock, (events) =>
      this.log
        .append(session.id, events)
        .catch((error: Error) => this.logger.warn({ reason: error.message }, 'log lines of a tool were lost')),
    );
    try {
      const outcome = await this.signedIn.call(node, session.userId, signal, () =>
        this.execution.call(
          {
            organizationId: session.organizationId,
            userId: session.userId,
            sessionId: session.id,
            planId: node.planId,
            nodeId: node.id,
            tool: run.tool,
            arguments: run.arguments,
            ...(node.timeoutSeconds === null ? {} : { timeoutMs: node.timeoutSeconds * 1_000 }),
          },
          {
            signal,
            onProgress: (progress) => {
              const now = performance.now();
              if (now - toldAt < PROGRESS_EVERY_MS && progress.progress !== progress.total) return;
              toldAt = now;
              const payload = { plan_id: node.planId, node_id: node.id, ...progress };
              this.log.pass(session.id, { type: 'task_progress', payload });
            },
            onLog: (entry) => relay.add(entry),
            onQuestion: (question, asked) => this.questions.ask(node, question, asked),
          },
        ),
      );
      // Before the outcome: a log reads in the order in which it was told.
      await relay.written();
      return outcome;
    } catch (error) {
      this.logger.error({ err: error }, 'call failed in an unforeseen way');
      const { code, message } = toAppError(error);
      return { status: 'lost', fault: { code, message } };
    }
  }

  /** The call has happened: its outcome is kept in hand until the database takes it. */
  private async finish(run: BegunRun, outcome: ToolOutcome, stopping: boolean): Promise<boolean> {
    return untilStored(() => this.runs.finish(run, outcome, { stopping }), {
      onPause: (pauseMs) => this.logger.warn({ pauseMs }, 'the outcome of a call waits for the database'),
    });
  }
}
