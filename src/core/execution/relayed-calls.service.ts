import { type Deadline, type RelayedAnswer, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import type { Soon } from '@app/soon';
import { Injectable } from '@nestjs/common';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { newId } from '../../platform/ids.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Principal } from '../identity/principal.js';
import { toUnanswered } from './call-faults.js';
import { type AdmittedCall, CallGate } from './call-gate.js';
import { type AskedCall, CallLog, type CallStart } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import { CallSending } from './call-sending.service.js';
import { inCallSpan } from './call-span.js';
import { HeldCalls } from './held-calls.service.js';
import type { RelayedCall, RelayListener, RelayOutcome, WantedRelay } from './relay.js';
import type { ToolCall, WaitingCall } from './tool-call.js';
import { isUnsent } from './tool-outcome.js';

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
  ) {}

  /**
   * Makes it, or says who has to decide.
   * @throws AppError for what may not be called
   */
  call(principal: Principal, wanted: WantedRelay, listener: RelayListener): Promise<RelayedCall | WaitingCall> {
    const start = this.log.start();
    const { serverId, tool, arguments: request, rule } = wanted;
    const asked: AskedCall = { door: DOOR, method: 'tools/call', serverId, tool, request };
    const refused = (error: unknown): never => {
      this.log.refused(principal, asked, error, start);
      throw error;
    };
    const goOn = (admitted: AdmittedCall): Promise<RelayedCall | WaitingCall> => {
      const { verdict } = admitted;
      return verdict.decision === 'run'
        ? this.make(principal, { rule: verdict.rule, start }, wanted, admitted, listener)
        : this.hold(principal, { asked, why: verdict.why, start }, wanted, admitted).catch(refused);
    };
    let admitted: Soon<AdmittedCall>;
    try {
      admitted = this.gate.admit(principal, wanted, { toSend: true, asked, asIs: true, rule });
    } catch (error) {
      return refused(error);
    }
    return admitted instanceof Promise ? admitted.then(goOn, refused) : goOn(admitted);
  }

  private async hold(
    principal: Principal,
    { asked, why, start }: { asked: AskedCall; why: string; start: CallStart },
    wanted: WantedRelay,
    admitted: AdmittedCall,
  ): Promise<WaitingCall> {
    const before = await this.held.findUntold(principal, wanted, admitted.tool);
    if (before) return before;
    const waiting = await this.held.hold(principal, { door: DOOR, why }, wanted, admitted);
    this.log.waiting(principal, asked, { ...waiting, why }, start);
    return waiting;
  }

  private make(
    { userId, organizationId }: Principal,
    { rule, start }: { rule: string; start: CallStart },
    { arguments: args, input }: WantedRelay,
    admitted: AdmittedCall,
    listener: RelayListener,
  ): Promise<RelayedCall> {
    const { tool } = admitted;
    const logId = newId('log', start.at.getTime());
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
    const { signal } = listener;
    const send = () =>
      this.sending.send<RelayOutcome>(call, start, signal, {
        make: (session, deadline, answered) => this.relay(session, call, input, { listener, deadline, answered }),
        fault: (error, timeoutMs) => toUnanswered(error, signal, timeoutMs),
      });
    const mark = tool.readOnly || tool.idempotent ? undefined : this.idempotency.act();
    return (mark ? mark.then(send) : send()).then(({ outcome, serverName }) => {
      this.metrics.seen(tool.serverId, tool.name, metricOf(outcome), performance.now() - start.tick);
      this.log.relayed(call, outcome, start, serverName);
      const made: RelayedCall = { status: 'made', outcome, logId, rule };
      return isUnsent(outcome) ? this.gate.giveBack(admitted).then(() => made) : made;
    });
  }

  /** An error that the server answered with is an answer. */
  private relay(
    session: UpstreamSession,
    { tool, arguments: args, argumentsJson = '{}' }: ToolCall,
    input: WantedRelay['input'],
    { listener, deadline, answered }: { listener: RelayListener; deadline: Deadline; answered: () => void },
  ): Promise<RelayOutcome> {
    const relayed = inCallSpan(this.tracing, session, tool, (traceparent): Promise<RelayedAnswer> => {
      const request = {
        method: 'tools/call',
        params: { name: tool.name, arguments: args },
        paramsText: `{"name":${JSON.stringify(tool.name)},"arguments":${argumentsJson}}`,
        inputSchema: tool.inputSchema,
        meta: traceparent === undefined ? undefined : { traceparent },
        input,
      };
      const { onProgress, onLog, logLevel, onNotification, onRequest, capabilities, inputRequired } = listener;
      const heard = { onProgress, onLog, logLevel, onNotification, onRequest, capabilities, inputRequired, deadline };
      return session.relay(request, heard);
    });
    return relayed.then(
      (answer): RelayOutcome => {
        answered();
        return { status: 'answered', answer };
      },
      (error: unknown): RelayOutcome => {
        const rpc = error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR' ? error.rpc : undefined;
        if (!rpc || deadline.ended) throw error;
        answered();
        return { status: 'refused', error: rpc };
      },
    );
  }
}

const metricOf = (outcome: RelayOutcome) => {
  if (outcome.status === 'refused') return 'failed';
  if (outcome.status !== 'answered') return outcome.status;
  return outcome.answer.isError ? 'failed' : 'succeeded';
};
