import { type Deadline, type RelayedAnswer, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { newId } from '../../platform/ids.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Principal } from '../identity/principal.js';
import { toUnanswered } from './call-faults.js';
import { type AdmittedCall, CallGate } from './call-gate.js';
import { type AskedCall, CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import { CallSending } from './call-sending.service.js';
import { inCallSpan } from './call-span.js';
import { HeldCalls } from './held-calls.service.js';
import type { RelayedCall, RelayListener, RelayOutcome, RpcRefusal, WantedRelay } from './relay.js';
import type { ToolCall, WaitingCall } from './tool-call.js';

type Raw = { answer: RelayedAnswer; isError: boolean } | { error: RpcRefusal; isError: true };

const DOOR = 'gateway';

/** Calls that are handed on as they are: the same gate, the same log, and nothing of the answer touched. */
@Injectable()
export class RelayedCalls {
  constructor(
    private readonly gate: CallGate,
    private readonly sending: CallSending,
    private readonly held: HeldCalls,
    private readonly log: CallLog,
    private readonly metrics: CallMetrics,
    private readonly idempotency: Idempotency,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes it, or says who has to decide.
   * @throws AppError for what may not be called
   */
  async call(principal: Principal, wanted: WantedRelay, listener: RelayListener): Promise<RelayedCall | WaitingCall> {
    const start = this.log.start();
    const { serverId, tool, arguments: request, rule } = wanted;
    const asked: AskedCall = { door: DOOR, method: 'tools/call', serverId, tool, request };
    let admitted: AdmittedCall;
    try {
      admitted = await this.gate.admit(principal, wanted, { toSend: true, asked, asIs: true, ...(rule && { rule }) });
    } catch (error) {
      this.log.refused(principal, asked, error, start);
      throw error;
    }
    const { verdict } = admitted;
    if (verdict.decision === 'run') {
      const made = await this.make(principal, verdict.rule, wanted, admitted, listener);
      if (made.outcome.status === 'not_sent') await this.gate.giveBack(admitted);
      return made;
    }
    try {
      const before = await this.held.findUntold(principal, wanted, admitted.tool);
      if (before) return before;
      const waiting = await this.held.hold(principal, { door: DOOR, why: verdict.why }, wanted, admitted);
      this.log.waiting(principal, asked, { ...waiting, why: verdict.why }, start);
      return waiting;
    } catch (error) {
      this.log.refused(principal, asked, error, start);
      throw error;
    }
  }

  private async make(
    { userId, organizationId }: Principal,
    rule: string,
    { arguments: args, input }: WantedRelay,
    { tool }: AdmittedCall,
    listener: RelayListener,
  ): Promise<RelayedCall> {
    const mark = tool.readOnly || tool.idempotent ? undefined : this.idempotency.act();
    if (mark) await mark;
    const start = this.log.start();
    const logId = newId('log', this.clock.now().getTime());
    const call: ToolCall = {
      organizationId,
      userId,
      sessionId: null,
      planId: null,
      nodeId: null,
      tool,
      arguments: args,
      argumentsJson: JSON.stringify(args),
      door: DOOR,
      rule,
      logId,
      validated: true,
      asIs: true,
    };
    const { outcome, serverName } = await this.sending.send<RelayOutcome, Raw>(call, start, listener.signal, {
      ask: (session, deadline) => this.relay(session, call, input, listener, deadline),
      read: (raw) =>
        'answer' in raw ? { status: 'answered', answer: raw.answer } : { status: 'refused', error: raw.error },
      fault: (error, timeoutMs) => toUnanswered(error, listener.signal, timeoutMs),
    });
    this.metrics.seen(tool.serverId, tool.name, metricOf(outcome), performance.now() - start.tick);
    this.log.relayed(call, outcome, start, serverName);
    return { status: 'made', outcome, logId, rule };
  }

  /** An error that the server answered with is an answer. */
  private relay(
    session: UpstreamSession,
    { tool, arguments: args, argumentsJson = '{}' }: ToolCall,
    input: WantedRelay['input'],
    { signal: _, ...listener }: RelayListener,
    deadline: Deadline,
  ): Promise<Raw> {
    return inCallSpan(this.tracing, session, tool, async (traceparent): Promise<Raw> => {
      const params = { name: tool.name, arguments: args };
      const paramsText = `{"name":${JSON.stringify(tool.name)},"arguments":${argumentsJson}}`;
      const meta = traceparent === undefined ? undefined : { meta: { traceparent } };
      const request = {
        method: 'tools/call',
        params,
        paramsText,
        inputSchema: tool.inputSchema,
        ...meta,
        ...(input && { input }),
      };
      try {
        const answer = await session.relay(request, { ...listener, deadline });
        return { answer, isError: answer.isError };
      } catch (error) {
        const rpc = error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR' ? error.rpc : undefined;
        if (!rpc || deadline.ended) throw error;
        return { error: rpc, isError: true };
      }
    });
  }
}

const metricOf = (outcome: RelayOutcome) => {
  if (outcome.status === 'refused') return 'failed';
  if (outcome.status !== 'answered') return outcome.status;
  return outcome.answer.isError ? 'failed' : 'succeeded';
};
