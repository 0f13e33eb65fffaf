import { Deadline, type Interruption, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { toAppError } from '../../platform/errors/app-error.js';
import type { Soon } from '@app/soon';
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
  async send<Outcome extends ToolOutcome | RelayOutcome, Raw>(
    call: ToolCall,
    start: CallStart,
    signal: Interruption,
    way: CallWay<Outcome, Raw>,
  ): Promise<{ outcome: Outcome | NotSent; serverName: string }> {
    const seen = { serverName: '' };
    const time = new CallTime(call, start.tick);
    let outcome = await this.run(call, signal, time, seen, way);
    for (let repeats = 0; !isAnswered(outcome) && !signal.aborted; repeats += 1) {
      const pauseMs = pauseBeforeRepeat(call, outcome, { repeats, time });
      if (pauseMs === undefined) break;
      await pauseUntil(signal, pauseMs);
      outcome = await this.run(call, signal, time, seen, way);
    }
    return { outcome, serverName: seen.serverName };
  }

  private async run<Outcome, Raw>(
    call: ToolCall,
    signal: Interruption,
    time: CallTime,
    seen: { serverName: string },
    way: CallWay<Outcome, Raw>,
  ): Promise<Outcome | NotSent> {
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
    const issues = call.validated ? [] : this.validation.checkArguments(tool, call.arguments);
    if (issues.length > 0) {
      const fault = { code: 'INVALID_ARGUMENTS', message: `The tool does not take this: ${describeIssues(issues)}.` };
      return { status: 'not_sent', fault, transient: false };
    }
    return await this.leave(call, signal, time, upstream, way);
  }

  private async leave<Outcome, Raw>(
    call: ToolCall,
    signal: Interruption,
    time: CallTime,
    upstream: Upstream,
    way: CallWay<Outcome, Raw>,
  ): Promise<Outcome | NotSent> {
    const { tool } = call;
    time.begin(upstream.server.timeout * 1_000);
    const place = upstream.target.key;
    const entered = this.circuits.enter(tool.serverId, place);
    if (!entered.allowed) return unavailable(entered.retryAfterSeconds);
    const leave = (error?: unknown) => this.circuits.leave(tool.serverId, place, error, entered);
    const deadline = new Deadline(time.leftMs, signal);
    try {
      return await this.upstreams.use(upstream, { signal, timeoutMs: time.leftMs }, async (session) => {
        if (!mayChangeFreely(call, upstream)) {
          const confirmed = await this.confirmation.confirm(session, tool, place, deadline);
          if (confirmed !== 'same') {
            // It answered: another definition is no reason to spare it.
            leave();
            return toolChanged(confirmed);
          }
        }
        const raw = await way.ask(session, deadline);
        leave();
        return way.read(raw, session, { signal, timeoutMs: time.leftMs });
      });
    } catch (error) {
      leave(signal.aborted ? new Error('Cancelled.') : error);
      return way.fault(error, time.timeoutMs);
    } finally {
      deadline.dispose();
    }
  }
}

/** Whatever the definition has become, the policy would have it run: for calls that are handed on as they are. */
const mayChangeFreely = ({ asIs, tool }: ToolCall, { server }: Upstream): boolean =>
  asIs === true && effectivePolicy(tool, server) === 'auto_approve';

const isAnswered = ({ status }: ToolOutcome | RelayOutcome): boolean => status === 'succeeded' || status === 'answered';
