import { createHash } from 'node:crypto';
import {
  type ClientRequest,
  type Exchange,
  isObject,
  type JsonObject,
  type Reply,
  wrapStructured,
} from '@app/mcp-gateway';
import { promised, type Soon, whenHere } from '@app/soon';
import { canonicalJson } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { authorize } from '../identity/permissions.js';
import { ToolSearch } from '../toolsets/tool-search.service.js';
import { isLink } from './approvals-of-calls.service.js';
import { type Catalogue, definitionFor } from './catalogue.js';
import { type ClientCall, isPromisedWrapped } from './client-call.js';
import { ClientCalls } from './client-calls.service.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { pathOf } from './place.js';
import { invalidParams, toolFailure } from './replies.js';
import { CALL_NAME, readSearch, SEARCH_NAME } from './search-tools.js';

/** Calls of tools that come through the gateway. */
@Injectable()
export class GatewayToolCalls {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly calls: ClientCalls,
    private readonly tools: ToolSearch,
    private readonly idempotency: Idempotency,
  ) {}

  /** Rejects with what `toRefusal` tells. */
  call(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    return promised(() => {
      authorize(caller.principal, 'tools.call');
      const { name, arguments: args = {} } = request.params;
      if (typeof name !== 'string') return invalidParams('The name of a tool is missing.');
      if (!isObject(args)) return invalidParams('The arguments of a tool are an object.');
      return whenHere(this.catalogues.find(caller), (catalogue): Soon<Reply> => {
        if (catalogue.presentation === 'search') {
          if (name === SEARCH_NAME) return this.search(catalogue, args, request);
          if (name === CALL_NAME) return this.callFound(catalogue, caller, args, request, exchange);
        }
        return this.callNamed(catalogue, caller, name, args, request, exchange);
      });
    });
  }

  private callNamed(
    { tools, withheld }: Catalogue,
    caller: GatewayCaller,
    name: string,
    args: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Soon<Reply> {
    const offered = tools.get(name) ?? withheld.get(name);
    if (!offered) return invalidParams('There is no such tool.', { code: 'TOOL_NOT_FOUND' });
    const call: ClientCall = { caller, tool: offered.tool, arguments: args, request, exchange };
    const key = idempotencyKeyOf(request.meta);
    const made = key === undefined ? this.calls.make(call) : this.makeOnce(key, call);
    return isPromisedWrapped(call) ? whenHere(made, toWrapped) : made;
  }

  /** By a client that was shown two tools instead of all. */
  private callFound(
    catalogue: Catalogue,
    caller: GatewayCaller,
    { name, arguments: args = {} }: Record<string, unknown>,
    request: ClientRequest,
    exchange: Exchange,
  ): Soon<Reply> {
    if (typeof name !== 'string' || !isObject(args)) {
      return toolFailure('INVALID_ARGUMENTS', 'Say the name of a tool, and its arguments as an object.');
    }
    if (!catalogue.tools.has(name) && !catalogue.withheld.has(name)) {
      return toolFailure('TOOL_NOT_FOUND', `There is no such tool. Find one with ${SEARCH_NAME}.`);
    }
    return this.callNamed(catalogue, caller, name, args, request, exchange);
  }

  private search({ offered }: Catalogue, args: Record<string, unknown>, { era }: ClientRequest): Reply {
    const wanted = readSearch(args);
    if (!wanted) return toolFailure('INVALID_ARGUMENTS', 'Say in words what is to be done: {"query": "…"}.');
    const tools = this.tools
      .findIn([offered], wanted.query, { limit: wanted.limit })
      .map((found) => definitionFor(era, found.offered));
    const structuredContent = { tools, total: offered.length };
    const text = JSON.stringify(structuredContent);
    return { kind: 'result', text: JSON.stringify({ content: [{ type: 'text', text }], structuredContent }) };
  }

  /** The same key and the same call are one call, for a day. */
  private async makeOnce(key: string, call: ClientCall): Promise<Reply> {
    const { tool, caller } = call;
    const { organizationId, userId } = caller.principal;
    const scope = { organizationId, userId, endpoint: `MCP tools/call ${pathOf(caller.place)}`, key };
    const unsettled: Reply[] = [];
    const work = async () => {
      const reply = await this.calls.make(call);
      if (isSettled(reply)) return { status: 200, body: toKept(reply) };
      unsettled.push(reply);
      throw new AppError('conflict', 'NOT_SETTLED', 'The call goes on.');
    };
    try {
      const { body } = await this.idempotency.once(
        scope,
        hashOf([tool.serverId, tool.name, call.arguments]),
        'when it says so',
        work,
      );
      return body as Reply;
    } catch (error) {
      if (unsettled[0]) return unsettled[0];
      throw error;
    }
  }
}

/** What a client has to come back for is no answer yet. */
const isSettled = (reply: Reply): boolean => reply.kind !== 'input_required' && !isLink(reply);

function toWrapped(reply: Reply): Reply {
  if (reply.kind !== 'result') return reply;
  const result = wrapStructured(JSON.parse(reply.text.toString()) as JsonObject, true);
  return { ...reply, text: JSON.stringify(result) };
}

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
