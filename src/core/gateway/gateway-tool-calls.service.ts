import { createHash } from 'node:crypto';
import type { ClientRequest, Exchange, Reply } from '@app/mcp-gateway';
import { canonicalJson } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { notSent } from '../execution/execution.errors.js';
import type { RelayedCall, RelayListener, WantedRelay } from '../execution/relay.js';
import { RelayedCalls } from '../execution/relayed-calls.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { Clock } from '../../platform/clock.js';
import { ApprovalsOfCalls, isLink } from './approvals-of-calls.service.js';
import { CallPasses, type GoesOn } from './call-passes.service.js';
import { askedBy, type CallState, goesOnWith } from './call-state.js';
import { authorize } from '../identity/permissions.js';
import type { Principal } from '../identity/principal.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolSearch } from '../toolsets/tool-search.service.js';
import type { OfferedTool } from '../toolsets/toolset-offer.js';
import { type Catalogue, toDefinition } from './catalogue.js';
import { CALL_NAME, readSearch, SEARCH_NAME } from './search-tools.js';
import { listenFor, listenThrough, mayBeAsked } from './client-side.js';
import { exposeLinks, mayHaveLinks } from './exposed-offers.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayTasks } from './gateway-tasks.service.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { ParkedCalls } from './parked-calls.service.js';
import { pathOf } from './place.js';
import { invalidParams, toolFailure, toRefusal, toToolReply } from './replies.js';
import { SignInsOfCalls } from './sign-ins-of-calls.service.js';

/** Calls of tools that come through the gateway. */
@Injectable()
export class GatewayToolCalls {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly calls: RelayedCalls,
    private readonly approvals: ApprovalsOfCalls,
    private readonly parked: ParkedCalls,
    private readonly signIns: SignInsOfCalls,
    private readonly passes: CallPasses,
    private readonly tasks: GatewayTasks,
    private readonly tools: ToolSearch,
    private readonly handles: ServerHandles,
    private readonly upstreams: UpstreamsService,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
  ) {}

  async call(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const { name, arguments: args = {} } = request.params;
    if (typeof name !== 'string') return invalidParams('The name of a tool is missing.');
    if (!isArguments(args)) return invalidParams('The arguments of a tool are an object.');
    try {
      authorize(caller.principal, 'tools.call');
      const found = this.catalogues.find(caller);
      const catalogue = found instanceof Promise ? await found : found;
      if (catalogue.presentation === 'search') {
        if (name === SEARCH_NAME) return this.search(catalogue, args);
        if (name === CALL_NAME) return await this.callFound(catalogue, caller, args, request, exchange);
      }
      return await this.callNamed(catalogue, caller, name, args, request, exchange);
    } catch (error) {
      return toRefusal(error);
    }
  }

  private async callNamed(
    { tools, withheld }: Catalogue,
    caller: GatewayCaller,
    name: string,
    args: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const offered = tools.get(name) ?? withheld.get(name);
    if (!offered) return invalidParams('There is no such tool.', { code: 'TOOL_NOT_FOUND' });
    const key = idempotencyKeyOf(request.meta);
    if (key === undefined) return this.make(caller, offered, args, request, exchange);
    return this.makeOnce(key, caller, offered, args, request, exchange);
  }

  /** By a client that was shown two tools instead of all. */
  private async callFound(
    catalogue: Catalogue,
    caller: GatewayCaller,
    { name, arguments: args = {} }: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    if (typeof name !== 'string' || !isArguments(args)) {
      return toolFailure('INVALID_ARGUMENTS', 'Say the name of a tool, and its arguments as an object.');
    }
    if (!catalogue.tools.has(name) && !catalogue.withheld.has(name)) {
      return toolFailure('TOOL_NOT_FOUND', `There is no such tool. Find one with ${SEARCH_NAME}.`);
    }
    return this.callNamed(catalogue, caller, name, args, request, exchange);
  }

  private search({ offered }: Catalogue, args: Record<string, unknown>): Reply {
    const wanted = readSearch(args);
    if (!wanted) return toolFailure('INVALID_ARGUMENTS', 'Say in words what is to be done: {"query": "…"}.');
    const tools = this.tools
      .findIn([offered], wanted.query, { limit: wanted.limit })
      .map((found) => toDefinition(found.offered));
    const structuredContent = { tools, total: offered.length };
    const text = JSON.stringify(structuredContent);
    return { kind: 'result', text: JSON.stringify({ content: [{ type: 'text', text }], structuredContent }) };
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
    caller: GatewayCaller,
    offered: OfferedTool,
    args: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const { principal } = caller;
    const { tool } = offered;
    const { input } = request;
    const state = input?.state as CallState | undefined;
    if (input && state) {
      if ('held' in state) return this.approvals.goOn(principal, state, request, exchange);
      if ('parked' in state) return this.parked.goOn(state, input.responses, exchange);
      const waits = 'signIn' in state ? await this.signIns.goOn(principal, state, request, exchange) : undefined;
      if (waits) return waits;
    }
    const described = this.upstreams.describe(tool.serverId);
    const { clientFeatures, protocolEra } = described instanceof Promise ? await described : described;
    const goesOn = goesOnWith(input);
    const wanted: WantedRelay = {
      serverId: tool.serverId,
      tool: tool.name,
      arguments: args,
      ...(goesOn.input && { input: goesOn.input }),
    };
    const since = state && 'signIn' in state ? state.signIn.since : undefined;
    const call = (listener: RelayListener) =>
      this.send(caller, tool, wanted, { request, exchange, listener, goesOn, since });
    const listener = listenFor(request, exchange, clientFeatures);
    if (request.era === 'legacy') return call(listener);
    if (protocolEra !== 'legacy' || !mayBeAsked(request)) return call({ ...listener, inputRequired: 'relay' });
    return this.parked.start(exchange, (running) => call(listenThrough(running, request, clientFeatures)));
  }

  private async send(
    { principal, place }: GatewayCaller,
    tool: ListedTool,
    wanted: WantedRelay,
    way: Way,
  ): Promise<Reply> {
    const { request, exchange, listener, goesOn } = way;
    const triedAt = this.clock.now().getTime();
    const made = goesOn.pass
      ? await this.passes.use(goesOn.pass, (rule) => this.calls.call(principal, { ...wanted, rule }, listener))
      : await this.calls.call(principal, wanted, listener);
    if (made.status === 'approval_required') return this.approvals.ask(principal, made, request, exchange);
    if (made.outcome.status === 'not_sent') {
      const { signIn: needed } = made.outcome.fault;
      if (!needed) throw notSent(made.outcome);
      const since = way.since ?? triedAt;
      const again = () => this.send({ principal, place }, tool, wanted, { ...way, since });
      return this.signIns.ask(principal, { needed, triedAt, since, goesOn }, request, exchange, again);
    }
    const asked = askedBy(made);
    if (asked) return asked;
    if (isTask(made)) return this.tasks.expose(principal, tool.serverId, made.outcome);
    return place.kind === 'server' ? toToolReply(made.outcome) : this.exposed(principal, tool, made);
  }

  private async exposed(
    { organizationId }: Principal,
    { serverId }: ListedTool,
    { outcome }: RelayedCall,
  ): Promise<Reply> {
    if (outcome.status !== 'answered' || !mayHaveLinks(outcome.answer.text)) return toToolReply(outcome);
    const { of } = await this.handles.list(organizationId);
    const text = JSON.stringify(exposeLinks(outcome.answer.result(), of.get(serverId) ?? serverId));
    return { kind: 'result', text, resultType: outcome.answer.resultType };
  }
}

/** How a call is made for its client. */
interface Way {
  request: ClientRequest;
  exchange: Exchange;
  listener: RelayListener;
  goesOn: GoesOn;
  /** When it began to wait for a sign-in, in ms. */
  since: number | undefined;
}

const isArguments = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
