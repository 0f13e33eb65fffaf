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

interface Wait {
  signal: Interruption;
  timeoutMs: number;
}

/** How a call is put to its server, and what is made of what comes back. */
export interface CallWay<Outcome, Raw> {
  ask(session: UpstreamSession, deadline: Deadline): Promise<Raw>;
  read(raw: Raw, session: UpstreamSession, wait: Wait): Soon<Outcome>;
  /** @throws what is no fault of a call */
  fault(error: unknown, timeoutMs: number): Outcome | NotSent;
}

interface Sent<Outcome> {
  outcome: Outcome | NotSent;
  serverName: string;
}

/** A call and how far it came; there may be several tries. */
interface Attempt<Outcome, Raw> {
  readonly call: ToolCall;
  readonly signal: Interruption;
  readonly time: CallTime;
  readonly way: CallWay<Outcome, Raw>;
  /** Once the server was found. */
  serverName: string;
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
  send<Outcome extends ToolOutcome | RelayOutcome, Raw>(
    call: ToolCall,
    start: CallStart,
    signal: Interruption,
    way: CallWay<Outcome, Raw>,
  ): Promise<Sent<Outcome>> {
    const attempt: Attempt<Outcome, Raw> = { call, signal, time: new CallTime(call, start.tick), serverName: '', way };
    return this.run(attempt).then((outcome) =>
      isAnswered(outcome) || signal.aborted ? sent(attempt, outcome) : this.repeat(attempt, outcome),
    );
  }

  /** As often as it may come to something. */
  private async repeat<Outcome extends ToolOutcome | RelayOutcome, Raw>(
    attempt: Attempt<Outcome, Raw>,
    first: Outcome | NotSent,
  ): Promise<Sent<Outcome>> {
    const { call, signal, time } = attempt;
    let outcome = first;
    for (let repeats = 0; !isAnswered(outcome) && !signal.aborted; repeats += 1) {
      const pauseMs = pauseBeforeRepeat(call, outcome, { repeats, time });
      if (pauseMs === undefined) break;
      await pauseUntil(signal, pauseMs);
      const next = await this.run(attempt);
      // A try that left and was lost does not become unsent by one that did not leave.
      if (outcome.status !== 'lost' || next.status !== 'not_sent') outcome = next;
    }
    return sent(attempt, outcome);
  }

  /** One try. */
  private run<Outcome, Raw>(attempt: Attempt<Outcome, Raw>): Promise<Outcome | NotSent> {
    const { tool, userId } = attempt.call;
    try {
      const found = whenHere(this.upstreams.find(tool.serverId, userId), (upstream) => {
        attempt.serverName = upstream.server.name;
        return whenHere(this.tools.findTool(tool.serverId, tool.name), (current) => ({ upstream, current }));
      });
      if (found instanceof Promise) return found.then((known) => this.judge(attempt, known), notFound);
      return this.judge(attempt, found);
    } catch (error) {
      return Promise.resolve(notFound(error));
    }
  }

  /** What the call was let through for has to be what is called. */
  private judge<Outcome, Raw>(
    attempt: Attempt<Outcome, Raw>,
    { upstream, current }: { upstream: Upstream; current: ListedTool | undefined },
  ): Promise<Outcome | NotSent> {
    const { tool, arguments: args, validated } = attempt.call;
    if (current?.pin !== tool.pin) return Promise.resolve(toolChanged(current ? 'changed' : 'gone'));
    if (current.quarantined) {
      const { code, message } = toolQuarantined(current);
      return Promise.resolve({ status: 'not_sent', fault: { code, message }, transient: false });
    }
    const issues = validated ? [] : this.validation.checkArguments(tool, args);
    if (issues.length > 0) {
      const fault = { code: 'INVALID_ARGUMENTS', message: `The tool does not take this: ${describeIssues(issues)}.` };
      return Promise.resolve({ status: 'not_sent', fault, transient: false });
    }
    return this.leave(attempt, upstream);
  }

  private leave<Outcome, Raw>(
    { call, signal, time, way }: Attempt<Outcome, Raw>,
    upstream: Upstream,
  ): Promise<Outcome | NotSent> {
    const { tool } = call;
    time.begin(upstream.server.timeout * 1_000);
    const place = upstream.target.key;
    const entered = this.circuits.enter(tool.serverId, place);
    if (!entered.allowed) return Promise.resolve(unavailable(entered.retryAfterSeconds));
    const leave = (error?: unknown) => this.circuits.leave(tool.serverId, place, error, entered);
    const deadline = new Deadline(time.leftMs, signal);
    const ask = (session: UpstreamSession) =>
      way.ask(session, deadline).then((raw) => {
        leave();
        return way.read(raw, session, { signal, timeoutMs: time.leftMs });
      });
    const work = (session: UpstreamSession): Promise<Outcome | NotSent> => {
      if (mayChangeFreely(call, upstream)) return ask(session);
      return this.confirmation.confirm(session, tool, place, deadline).then((confirmed): Soon<Outcome | NotSent> => {
        if (confirmed === 'same') return ask(session);
        // It answered: another definition is no reason to spare it.
        leave();
        return toolChanged(confirmed);
      });
    };
    return this.upstreams.use(upstream, { signal, timeoutMs: time.leftMs }, work).then(
      (outcome) => {
        deadline.dispose();
        return outcome;
      },
      (error: unknown) => {
        deadline.dispose();
        leave(signal.aborted ? new Error('Cancelled.') : error);
        return way.fault(error, time.timeoutMs);
      },
    );
  }
}

const sent = <Outcome, Raw>({ serverName }: Attempt<Outcome, Raw>, outcome: Outcome | NotSent): Sent<Outcome> => ({
  outcome,
  serverName,
});

/** The server, its credential or its tools are not to be had. */
function notFound(error: unknown): NotSent {
  const fault = toFault(toAppError(error));
  return { status: 'not_sent', fault, transient: fault.signIn === undefined };
}

/** Whatever the definition has become, the policy would have it run: for calls that are handed on as they are. */
const mayChangeFreely = ({ asIs, tool }: ToolCall, { server }: Upstream): boolean =>
  asIs === true && effectivePolicy(tool, server) === 'auto_approve';

const isAnswered = ({ status }: ToolOutcome | RelayOutcome): boolean => status === 'succeeded' || status === 'answered';
