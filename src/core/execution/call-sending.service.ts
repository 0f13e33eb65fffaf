import { Deadline, type Interruption, type UpstreamSession } from '@app/mcp-client';
import { type Soon, whenHere } from '@app/soon';
import { Injectable } from '@nestjs/common';
import { toAppError } from '../../platform/errors/app-error.js';

import { toolQuarantined } from '../registry/registry.errors.js';
import { ToolConfirmation } from '../registry/tool-confirmation.service.js';
import { effectivePolicy, type ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import { type Upstream, UpstreamsService } from '../registry/upstreams.service.js';
import { ArgumentValidation, describeIssues } from './argument-validation.js';
import { toFault, toolChanged, unavailable } from './call-faults.js';
import type { CallStart } from './call-log.js';
import { CallTime } from './call-time.js';
import { CircuitBreakers } from './circuit-breakers.js';
import type { RelayOutcome } from './relay.js';
import { pauseBeforeRepeat, pauseUntil } from './repeats.js';
import type { ToolCall } from './tool-call.js';
import type { NotSent, ToolOutcome } from './tool-outcome.js';

/** How a call is put to its server, and what is made of what comes back. */
export interface CallWay<Outcome> {
  /** @param answered to be told when the server has answered, before anything is made of it */
  make(session: UpstreamSession, deadline: Deadline, answered: () => void): Promise<Outcome>;
  /** @throws what is no fault of a call */
  fault(error: unknown, timeoutMs: number): Outcome | NotSent;
}

interface Sent<Outcome> {
  outcome: Outcome | NotSent;
  serverName: string;
}

/** A call and how far it came; there may be several tries. */
interface Attempt<Outcome> {
  readonly call: ToolCall;
  readonly signal: Interruption;
  readonly time: CallTime;
  readonly way: CallWay<Outcome>;
  /** Once the server was found. */
  serverName: string;
  /** Of the tries so far. */
  outcome: Outcome | NotSent | undefined;
  repeats: number;
}

/** Brings calls to their servers: what has to hold before one leaves, and when it is made once more. */
@Injectable()
export class CallSending {
  constructor(
    private readonly tools: ToolsService,
    private readonly confirmation: ToolConfirmation,
    private readonly upstreams: UpstreamsService,
    private readonly circuits: CircuitBreakers,
    private readonly validation: ArgumentValidation,
  ) {}

  /** Never throws for what the upstream does. */
  send<Outcome extends ToolOutcome | RelayOutcome>(
    call: ToolCall,
    start: CallStart,
    signal: Interruption,
    way: CallWay<Outcome>,
  ): Promise<Sent<Outcome>> {
    const time = new CallTime(call, start.tick);
    return this.run<Outcome>({ call, signal, time, way, serverName: '', outcome: undefined, repeats: 0 });
  }

  /** One try, and what follows from it. */
  private run<Outcome extends ToolOutcome | RelayOutcome>(attempt: Attempt<Outcome>): Promise<Sent<Outcome>> {
    const { tool, userId } = attempt.call;
    const notFound = (error: unknown) => this.ended(attempt, unfound(error));
    try {
      const found = whenHere(this.upstreams.find(tool.serverId, userId), (upstream) => {
        attempt.serverName = upstream.server.name;
        return whenHere(this.tools.findTool(tool.serverId, tool.name), (current) => ({ upstream, current }));
      });
      if (found instanceof Promise) return found.then((known) => this.judge(attempt, known), notFound);
      return this.judge(attempt, found);
    } catch (error) {
      return notFound(error);
    }
  }

  /** Repeats it as often as that may come to something. */
  private ended<Outcome extends ToolOutcome | RelayOutcome>(
    attempt: Attempt<Outcome>,
    outcome: Outcome | NotSent,
  ): Promise<Sent<Outcome>> {
    const { call, signal, time, repeats } = attempt;
    // A try that left and was lost does not become unsent by one that did not leave.
    if (attempt.outcome?.status !== 'lost' || outcome.status !== 'not_sent') attempt.outcome = outcome;
    const last = attempt.outcome ?? outcome;
    const mayRepeat = !isAnswered(last) && !signal.aborted;
    const pauseMs = mayRepeat ? pauseBeforeRepeat(call, last, { repeats, time }) : undefined;
    if (pauseMs === undefined) return Promise.resolve({ outcome: last, serverName: attempt.serverName });
    attempt.repeats += 1;
    return pauseUntil(signal, pauseMs).then(() => this.run(attempt));
  }

  /** What the call was let through for has to be what is called. */
  private judge<Outcome extends ToolOutcome | RelayOutcome>(
    attempt: Attempt<Outcome>,
    { upstream, current }: { upstream: Upstream; current: ListedTool | undefined },
  ): Promise<Sent<Outcome>> {
    const { tool, arguments: args, validated } = attempt.call;
    if (current?.pin !== tool.pin) return this.ended(attempt, toolChanged(current ? 'changed' : 'gone'));
    if (current.quarantined) {
      const { code, message } = toolQuarantined(current);
      return this.ended(attempt, { status: 'not_sent', fault: { code, message }, transient: false });
    }
    const issues = validated ? [] : this.validation.checkArguments(tool, args);
    if (issues.length > 0) {
      const fault = { code: 'INVALID_ARGUMENTS', message: `The tool does not take this: ${describeIssues(issues)}.` };
      return this.ended(attempt, { status: 'not_sent', fault, transient: false });
    }
    return this.leave(attempt, upstream);
  }

  private leave<Outcome extends ToolOutcome | RelayOutcome>(
    attempt: Attempt<Outcome>,
    upstream: Upstream,
  ): Promise<Sent<Outcome>> {
    const { call, signal, time, way } = attempt;
    const { tool } = call;
    time.begin(upstream.server.timeout * 1_000);
    const place = upstream.target.key;
    const entered = this.circuits.enter(tool.serverId, place);
    if (!entered.allowed) return this.ended(attempt, unavailable(entered.retryAfterSeconds));
    const leave = (error?: unknown) => this.circuits.leave(tool.serverId, place, error, entered);
    const timeoutMs = time.leftMs;
    const deadline = new Deadline(timeoutMs, signal);
    const work = (session: UpstreamSession): Promise<Outcome | NotSent> => {
      if (mayChangeFreely(call, upstream)) return way.make(session, deadline, leave);
      return this.confirmation.confirm(session, tool, place, deadline).then((confirmed): Soon<Outcome | NotSent> => {
        if (confirmed === 'same') return way.make(session, deadline, leave);
        // It answered: another definition is no reason to spare it.
        leave();
        return toolChanged(confirmed);
      });
    };
    return this.upstreams.use(upstream, { signal, timeoutMs }, work).then(
      (outcome) => {
        deadline.dispose();
        return this.ended(attempt, outcome);
      },
      (error: unknown) => {
        deadline.dispose();
        leave(signal.aborted ? new Error('Cancelled.') : error);
        return this.ended(attempt, way.fault(error, time.timeoutMs));
      },
    );
  }
}

/** The server, its credential or its tools are not to be had. */
function unfound(error: unknown): NotSent {
  const fault = toFault(toAppError(error));
  return { status: 'not_sent', fault, transient: fault.signIn === undefined };
}

/** Whatever the definition has become, the policy would have it run: for calls that are handed on as they are. */
const mayChangeFreely = ({ asIs, tool }: ToolCall, { server }: Upstream): boolean =>
  asIs === true && effectivePolicy(tool, server) === 'auto_approve';

const isAnswered = ({ status }: ToolOutcome | RelayOutcome): boolean => status === 'succeeded' || status === 'answered';
