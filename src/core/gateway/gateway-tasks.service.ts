import type { RawResult } from '@app/mcp-client';
import { CODES, type ClientRequest, type Exchange, type Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import type { RelayOutcome } from '../execution/relay.js';
import type { ServerId } from '../../platform/ids.js';
import { RelayedRequests } from '../execution/relayed-requests.service.js';
import type { Principal } from '../identity/principal.js';
import { listenFor } from './client-side.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { invalidParams, toReply } from './replies.js';
import { TaskIds } from './task-ids.service.js';

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

const METHODS = ['tasks/get', 'tasks/update', 'tasks/cancel'] as const;
export type TaskMethod = (typeof METHODS)[number];
export const isTaskMethod = (method: string): method is TaskMethod => (METHODS as readonly string[]).includes(method);

const knowsTasks = ({ clientCapabilities: { extensions } }: ClientRequest): boolean =>
  typeof extensions === 'object' && extensions !== null && TASKS_EXTENSION in extensions;

const EXTENSION_MISSING: Reply = {
  kind: 'error',
  code: CODES.missingCapability,
  message: 'This needs the extension for tasks.',
  data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
};

/** Tasks of servers (extension io.modelcontextprotocol/tasks): asked for by ids that are good for one person alone. */
@Injectable()
export class GatewayTasks {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly requests: RelayedRequests,
    private readonly ids: TaskIds,
  ) {}

  async relay(caller: GatewayCaller, method: TaskMethod, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    if (!knowsTasks(request)) return EXTENSION_MISSING;
    const { _meta, ...params } = request.params;
    const { taskId } = params;
    const task = typeof taskId === 'string' ? this.ids.read(caller.principal, taskId) : undefined;
    const { offered } = await this.catalogues.find(caller);
    const isHere = task && offered.some(({ serverId }) => serverId === task.serverId);
    if (!task || !isHere) return invalidParams('There is no such task.');
    const wanted = { serverId: task.serverId, method, params: { ...params, taskId: task.id }, subject: task.id };
    const outcome = await this.requests.relay(caller.principal, wanted, listenFor(request, exchange, []));
    return outcome.status === 'answered' ? this.expose(caller.principal, task.serverId, outcome) : toReply(outcome);
  }

  /** A result that names a task, under the id that the client is to know. */
  expose(principal: Principal, serverId: ServerId, { answer }: Extract<RelayOutcome, { status: 'answered' }>): Reply {
    const result: RawResult = answer.result();
    const { taskId } = result;
    if (typeof taskId !== 'string') return { kind: 'result', text: answer.text, resultType: answer.resultType };
    const text = JSON.stringify({ ...result, taskId: this.ids.expose(principal, { serverId, id: taskId }) });
    return { kind: 'result', text, resultType: answer.resultType };
  }
}
