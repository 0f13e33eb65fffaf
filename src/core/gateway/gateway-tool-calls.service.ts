import { createHash } from 'node:crypto';
import type { ClientRequest, Exchange, JsonObject, Reply } from '@app/mcp-gateway';
import { canonicalJson } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { notSent } from '../execution/execution.errors.js';
import type { RelayedCall, RelayListener, WantedRelay } from '../execution/relay.js';
import { RelayedCalls } from '../execution/relayed-calls.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { ApprovalsOfCalls, type HeldState, isLink } from './approvals-of-calls.service.js';
import type { OfferedTool } from './catalogue.js';
import { listenFor, listenThrough, mayBeAsked } from './client-side.js';
import { exposeLinks, mayHaveLinks } from './exposed-offers.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayTasks } from './gateway-tasks.service.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { ParkedCalls, type ParkedState } from './parked-calls.service.js';
import { pathOf } from './place.js';
import { invalidParams, toRefusal, toToolReply } from './replies.js';

/** Calls of tools that come through the gateway. */
@Injectable()
export class GatewayToolCalls {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly calls: RelayedCalls,
    private readonly approvals: ApprovalsOfCalls,
    private readonly parked: ParkedCalls,
    private readonly tasks: GatewayTasks,
    private readonly upstreams: UpstreamsService,
    private readonly idempotency: Idempotency,
  ) {}

  async call(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const { name, arguments: args = {} } = request.params;
    if (typeof name !== 'string') return invalidParams('The name of a tool is missing.');
    if (!isArguments(args)) return invalidParams('The arguments of a tool are an object.');
    const found = this.catalogues.find(caller);
    const { tools } = found instanceof Promise ? await found : found;
    const offered = tools.get(name);
    if (!offered) return invalidParams('There is no such tool.', { code: 'TOOL_NOT_FOUND' });
    const key = idempotencyKeyOf(request.meta);
    try {
      if (key === undefined) return await this.make(caller, offered, args, request, exchange);
      return await this.makeOnce(key, caller, offered, args, request, exchange);
    } catch (error) {
      return toRefusal(error);
    }
  }

  /** The same key and the same call are one call, for a day. */
  private async makeOnce(
    key: string,
    caller: GatewayCaller,
    offered: OfferedTool,
    args: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const { tool } = offered;
    const { organizationId, userId } = caller.principal;
    const scope = { organizationId, userId, endpoint: `MCP tools/call ${pathOf(caller.place)}`, key };
    const unsettled: Reply[] = [];
    const work = async () => {
      const reply = await this.make(caller, offered, args, request, exchange);
      if (isSettled(reply)) return { status: 200, body: toKept(reply) };
      unsettled.push(reply);
      throw new AppError('conflict', 'NOT_SETTLED', 'The call goes on.');
    };
    try {
      const { body } = await this.idempotency.once(
        scope,
        hashOf([tool.serverId, tool.name, args]),
        'when it says so',
        work,
      );
      return body as Reply;
    } catch (error) {
      if (unsettled[0]) return unsettled[0];
      throw error;
    }
  }

  private async make(
    { principal, place }: GatewayCaller,
    offered: OfferedTool,
    args: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const { tool, handle } = offered;
    const { input } = request;
    const state = input?.state as CallState | undefined;
    if (input && state) {
      if ('held' in state) return this.approvals.goOn(principal, state, request, exchange);
      if ('parked' in state) return this.parked.goOn(state, input.responses, exchange);
    }
    const described = this.upstreams.describe(tool.serverId);
    const { clientFeatures, protocolEra } = described instanceof Promise ? await described : described;
    const wanted: WantedRelay = {
      serverId: tool.serverId,
      tool: tool.name,
      arguments: args,
      ...(input && relayInput(input.responses, state)),
    };
    const call = async (listener: RelayListener): Promise<Reply> => {
      const made = await this.calls.call(principal, wanted, listener);
      if (made.status === 'approval_required') return this.approvals.ask(principal, made, request, exchange);
      if (made.outcome.status === 'not_sent') throw notSent(made.outcome);
      const asked = askedBy(made);
      if (asked) return asked;
      if (isTask(made)) return this.tasks.expose(principal, handle, made.outcome);
      return place.kind === 'server' ? toToolReply(made.outcome) : this.exposed(made, handle);
    };
    const listener = listenFor(request, exchange, clientFeatures);
    if (request.era === 'legacy') return call(listener);
    if (protocolEra !== 'legacy' || !mayBeAsked(request)) return call({ ...listener, inputRequired: 'relay' });
    return this.parked.start(exchange, (running) => call(listenThrough(running, request, clientFeatures)));
  }

  private exposed({ outcome }: RelayedCall, handle: string): Reply {
    if (outcome.status !== 'answered' || !mayHaveLinks(outcome.answer.text)) return toToolReply(outcome);
    const text = JSON.stringify(exposeLinks(outcome.answer.result(), handle));
    return { kind: 'result', text, resultType: outcome.answer.resultType };
  }
}

const isArguments = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What travels with a client of the modern era from a question to its answer. */
type CallState = HeldState | ParkedState | AskedState;

/** A server of the modern era asks, and its state with the question; `rule`: by what the call was let through. */
interface AskedState {
  rule: string;
  state?: string;
}

/** Answers may come before the question: then nothing was let through yet. */
function relayInput(responses: JsonObject, asked: CallState | undefined): Pick<WantedRelay, 'input' | 'rule'> {
  if (!asked || !('rule' in asked)) return { input: { responses } };
  const { rule, state } = asked;
  return { rule, input: { responses, ...(state !== undefined && { state }) } };
}

/** The question of a server of the modern era, for a client of the same: it is handed on, with a state of ours around its own. */
function askedBy({ outcome, rule }: RelayedCall): Reply | undefined {
  if (outcome.status !== 'answered' || outcome.answer.resultType !== 'input_required') return undefined;
  const { inputRequests, requestState } = outcome.answer.result();
  return {
    kind: 'input_required',
    ...(isArguments(inputRequests) && { inputRequests }),
    state: {
      rule: rule ?? 'it goes on',
      ...(typeof requestState === 'string' && { state: requestState }),
    } satisfies AskedState,
  };
}

/** The work goes on, and is asked for. */
const isTask = (made: RelayedCall): made is RelayedCall & { outcome: { status: 'answered' } } =>
  made.outcome.status === 'answered' && made.outcome.answer.resultType === 'task';

/** What a client has to come back for is no answer yet. */
const isSettled = (reply: Reply): boolean => reply.kind !== 'input_required' && !isLink(reply);

function toKept(reply: Reply): Reply {
  if (reply.kind === 'error') return reply;
  return reply.kind === 'result' ? { ...reply, text: reply.text.toString() } : reply;
}

function hashOf(call: unknown): string {
  const canonical = canonicalJson(call);
  if (!canonical.ok)
    throw new AppError('invalid', 'ARGUMENTS_UNREADABLE', 'The arguments are no JSON that all read alike.');
  return createHash('sha256').update(canonical.json).digest('hex');
}
