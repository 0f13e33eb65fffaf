import type { Reply } from '@app/mcp-gateway';
import { type Soon, whenHere } from '@app/soon';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { notSent } from '../execution/execution.errors.js';
import type { RelayedCall, RelayListener, RelayOutcome, WantedRelay } from '../execution/relay.js';
import { RelayedCalls } from '../execution/relayed-calls.service.js';
import type { WaitingCall } from '../execution/tool-call.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { ApprovalsOfCalls } from './approvals-of-calls.service.js';
import { CallPasses, type GoesOn } from './call-passes.service.js';
import { askedBy, type CallState, goesOnWith } from './call-state.js';
import type { ClientCall } from './client-call.js';
import { listenFor, listenThrough, mayBeAsked } from './client-side.js';
import { exposeLinks, mayHaveLinks } from './exposed-offers.js';
import { GatewayTasks } from './gateway-tasks.service.js';
import { ParkedCalls } from './parked-calls.service.js';
import { toToolReply } from './replies.js';
import { type SignInState, SignInsOfCalls } from './sign-ins-of-calls.service.js';

/** How a call is made for its client. */
interface Way {
  wanted: WantedRelay;
  listener: RelayListener;
  goesOn: GoesOn;
  /** When it began to wait for a sign-in, in ms. */
  since: number | undefined;
}

/** Makes the calls of clients, and has clients come back to those that wait for somebody. */
@Injectable()
export class ClientCalls {
  constructor(
    private readonly calls: RelayedCalls,
    private readonly approvals: ApprovalsOfCalls,
    private readonly parked: ParkedCalls,
    private readonly signIns: SignInsOfCalls,
    private readonly passes: CallPasses,
    private readonly tasks: GatewayTasks,
    private readonly handles: ServerHandles,
    private readonly upstreams: UpstreamsService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError for what may not be called, or was not sent */
  make(call: ClientCall): Soon<Reply> {
    const state = call.request.input?.state as CallState | undefined;
    if (!state) return this.begin(call, undefined);
    return whenHere(this.goOn(call, state), (reply) => reply ?? this.begin(call, state));
  }

  /** What a call came to that its client comes back for; undefined: it is made now. */
  private goOn(call: ClientCall, state: CallState): Soon<Reply | undefined> {
    const { request, exchange } = call;
    if ('held' in state) return this.approvals.goOn(call, state);
    if ('parked' in state) return this.parked.goOn(state, request.input?.responses ?? {}, exchange);
    return 'signIn' in state ? this.goOnSigned(call, state) : undefined;
  }

  private async goOnSigned(call: ClientCall, state: SignInState): Promise<Reply | undefined> {
    const { request, exchange } = call;
    const { principal } = call.caller;
    const waits = await this.signIns.goOn(principal, state, request, exchange);
    const { held } = state.signIn;
    return waits ?? (held && this.approvals.makeNow(call, held));
  }

  private begin(call: ClientCall, state: CallState | undefined): Soon<Reply> {
    const { tool, request, exchange } = call;
    const { serverId, name } = tool;
    return whenHere(this.upstreams.describe(serverId), ({ clientFeatures, protocolEra }) => {
      const goesOn = goesOnWith(request.input);
      const { input } = goesOn;
      const wanted: WantedRelay = { serverId, tool: name, arguments: call.arguments, input, rule: undefined };
      const since = state && 'signIn' in state ? state.signIn.since : undefined;
      const send = (listener: RelayListener) => this.send(call, { wanted, listener, goesOn, since });
      if (request.era === 'legacy') return send(listenFor(request, exchange, clientFeatures));
      if (protocolEra !== 'legacy' || !mayBeAsked(request)) {
        return send(listenFor(request, exchange, clientFeatures, 'relay'));
      }
      return this.parked.start(exchange, (running) => send(listenThrough(running, request, clientFeatures)));
    });
  }

  private send(call: ClientCall, way: Way): Promise<Reply> {
    const triedAt = this.clock.ms();
    const { principal } = call.caller;
    const { wanted, listener } = way;
    const { pass } = way.goesOn;
    const made = pass
      ? this.passes.use(pass, (rule) => this.calls.call(principal, { ...wanted, rule }, listener))
      : this.calls.call(principal, wanted, listener);
    return made.then((what) => this.tell(call, way, triedAt, what));
  }

  /** What came of it, in the terms of the client. */
  private tell(call: ClientCall, way: Way, triedAt: number, made: RelayedCall | WaitingCall): Soon<Reply> {
    const { caller, tool } = call;
    if (made.status === 'approval_required') return this.approvals.ask(call, made);
    const { outcome } = made;
    if (outcome.status === 'not_sent') return this.unsent(call, way, triedAt, outcome);
    const asked = askedBy(made);
    if (asked) return asked;
    if (isTask(outcome)) return this.tasks.expose(caller.principal, tool.serverId, outcome);
    return caller.place.kind === 'server' ? toToolReply(outcome) : this.exposed(call, outcome);
  }

  /** @throws AppError where no sign-in would help */
  private unsent(
    call: ClientCall,
    way: Way,
    triedAt: number,
    outcome: Extract<RelayOutcome, { status: 'not_sent' }>,
  ): Promise<Reply> {
    const { signIn: needed } = outcome.fault;
    if (!needed) throw notSent(outcome);
    const { since = triedAt } = way;
    const unsigned = { needed, triedAt, since, goesOn: way.goesOn };
    const again = () => this.send(call, { ...way, since });
    return this.signIns.ask(call.caller.principal, unsigned, call.request, call.exchange, again);
  }

  private exposed({ caller, tool: { serverId } }: ClientCall, outcome: RelayOutcome): Soon<Reply> {
    if (outcome.status !== 'answered' || !mayHaveLinks(outcome.answer.text)) return toToolReply(outcome);
    return whenHere(this.handles.list(caller.principal.organizationId), ({ of }): Reply => {
      const text = JSON.stringify(exposeLinks(outcome.answer.result(), of.get(serverId) ?? serverId));
      return { kind: 'result', text, resultType: outcome.answer.resultType };
    });
  }
}

/** The work goes on, and is asked for. */
const isTask = (outcome: RelayOutcome): outcome is Extract<RelayOutcome, { status: 'answered' }> =>
  outcome.status === 'answered' && outcome.answer.resultType === 'task';
