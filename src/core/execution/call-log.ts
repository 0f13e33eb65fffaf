import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AppError, toAppError } from '../../platform/errors/app-error.js';
import { newId, type ServerId } from '../../platform/ids.js';
import { type AmbientFields, ambientFields } from '../../platform/logging/logger.js';
import type { Door } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import { readAnswer, toPreview } from './answer.js';
import { faultOf } from './execution.errors.js';
import type { RelayOutcome } from './relay.js';
import { RequestLog } from './request-log.js';
import { type RequestLogRow, type RequestMethod, statusCodeOf } from './request-log-row.js';
import { secretPathsOf } from './secret-paths.js';
import type { ToolCall } from './tool-call.js';
import type { CallFault, ToolOutcome } from './tool-outcome.js';

/** When a call came in, and when it began by a clock that does not jump. */
export interface CallStart {
  at: Date;
  tick: number;
}

/** What somebody asked for, before it was known whether it is there. */
export interface AskedCall {
  door: Door;
  method: RequestMethod;
  serverId: ServerId;
  serverName?: string | undefined;
  tool: string;
  pin?: string | undefined;
  request: unknown;
  inputSchema?: object | undefined;
}

/** One row for each call that named a server and a tool, whatever became of it. */
@Injectable()
export class CallLog {
  constructor(
    private readonly log: RequestLog,
    private readonly clock: Clock,
  ) {}

  start(): CallStart {
    return { at: this.clock.now(), tick: performance.now() };
  }

  /** It was sent, or was to be. */
  finished(call: ToolCall, outcome: ToolOutcome, start: CallStart, serverName: string): void {
    const output = 'output' in outcome ? outcome.output : null;
    const fault = outcome.status === 'succeeded' ? null : faultOf(outcome);
    this.record(start, factsOf(call, start), {
      serverName,
      status: outcome.status,
      errorCode: fault?.code ?? null,
      errorMessage: fault?.message ?? null,
      rule: call.rule ?? null,
      approvalId: call.approvalId ?? null,
      artifacts: 'artifacts' in outcome ? outcome.artifacts.length : 0,
      response: output,
    });
  }

  /** As `finished`, of a call that was handed on as it is; there are the most of these. */
  relayed(call: ToolCall, outcome: RelayOutcome, start: CallStart, serverName: string): void {
    const told: ToldRelay = { call, outcome, start, serverName, by: ambientFields(), endedAt: performance.now() };
    const response = outcome.status === 'answered' ? outcome.answer.text : '';
    this.log.tell((call.argumentsJson?.length ?? 0) + response.length, () => rowOfRelay(told));
  }

  /** Nobody was asked and nothing was sent. */
  refused(principal: Principal, asked: AskedCall, error: unknown, start: CallStart): void {
    const { code, message } = toAppError(error);
    this.record(start, this.facts(principal, asked, newId('log', start.at.getTime())), {
      ...unanswered(asked),
      status: error instanceof AppError ? 'refused' : 'not_sent',
      errorCode: code,
      errorMessage: message,
    });
  }

  /** A person decides; the row of what becomes of it takes the place of this one. */
  waiting(
    principal: Principal,
    asked: AskedCall,
    held: { logId: string; approvalId: string; why: string },
    start: CallStart,
  ): void {
    this.record(start, this.facts(principal, asked, held.logId), {
      ...unanswered(asked),
      status: 'approval_required',
      rule: held.why,
      approvalId: held.approvalId,
    });
  }

  /** Of a call that is no tool's: a resource that was read. */
  read(
    principal: Principal,
    asked: AskedCall,
    { id, error, response }: { id: string; error?: AppError; response?: unknown },
    start: CallStart,
  ): void {
    this.record(start, this.facts(principal, asked, id), {
      ...unanswered(asked),
      status: error === undefined ? 'succeeded' : error.settled ? 'failed' : 'not_sent',
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      rule: 'resources are read without asking',
      response: response ?? null,
    });
  }

  private facts({ organizationId, userId }: Principal, asked: AskedCall, id: string): CallFacts {
    const { door, method, serverId, tool, pin, request, inputSchema } = asked;
    return {
      id,
      organizationId,
      userId,
      door,
      sessionId: null,
      planId: null,
      nodeId: null,
      serverId,
      tool,
      method,
      pin: pin ?? null,
      request,
      secretPaths: inputSchema && secretPathsOf(inputSchema),
    };
  }

  private record(start: CallStart, facts: CallFacts, end: CallEnd): void {
    this.log.record(rowOf(facts, end, { start, endedAt: performance.now(), by: ambientFields() }));
  }
}

/** A call that was handed on, until its row is made. */
interface ToldRelay extends Circumstances {
  call: ToolCall;
  outcome: RelayOutcome;
  serverName: string;
}

function rowOfRelay(told: ToldRelay): RequestLogRow {
  const { call, outcome, serverName } = told;
  const fault = relayFaultOf(outcome);
  const isAnswered = outcome.status === 'answered';
  const end: CallEnd = {
    serverName,
    status: isAnswered || outcome.status === 'refused' ? (fault ? 'failed' : 'succeeded') : outcome.status,
    errorCode: fault?.code ?? null,
    errorMessage: fault?.message ?? null,
    rule: call.rule ?? null,
    approvalId: call.approvalId ?? null,
    artifacts: 0,
    // Read only where it is not small and plain.
    response: isAnswered ? { toJSON: () => outcome.answer.result() } : null,
  };
  const known = { request: call.argumentsJson, response: isAnswered ? outcome.answer.text : undefined };
  return rowOf(factsOf(call, told.start), end, told, known);
}

/** When, and in whose request, a call was made. */
interface Circumstances {
  start: CallStart;
  /** By the clock of `start.tick`. */
  endedAt: number;
  by: AmbientFields;
}

function rowOf(
  facts: CallFacts,
  end: CallEnd,
  { start, endedAt, by: { caller, requestId, traceId } }: Circumstances,
  known: { request?: string | undefined; response?: string | undefined } = {},
): RequestLogRow {
  const { request } = facts;
  const { response } = end;
  const requestJson = known.request ?? JSON.stringify(request ?? null);
  const responseJson = known.response ?? (response === null ? '' : JSON.stringify(response));
  // Written out: there is one for each call, and what is put together of parts costs several times as much.
  return {
    id: facts.id,
    organizationId: facts.organizationId,
    userId: facts.userId,
    username: caller?.actor?.name ?? null,
    credentialId: caller?.credentialId ?? null,
    via: caller?.via ?? null,
    door: facts.door,
    sessionId: facts.sessionId,
    planId: facts.planId,
    nodeId: facts.nodeId,
    approvalId: end.approvalId,
    serverId: facts.serverId,
    serverName: end.serverName,
    tool: facts.tool,
    method: facts.method,
    pin: facts.pin,
    status: end.status,
    statusCode: statusCodeOf(end.status, end.errorCode),
    errorCode: end.errorCode,
    errorMessage: end.errorMessage,
    rule: end.rule,
    requestBytes: requestJson.length,
    responseBytes: responseJson.length,
    artifacts: end.artifacts,
    durationMs: endedAt - start.tick,
    startedAt: start.at,
    ip: caller?.ip ?? null,
    userAgent: caller?.userAgent ?? null,
    requestId: requestId ?? null,
    traceId: traceId ?? null,
    request,
    response,
    requestJson,
    responseJson,
    secretPaths: facts.secretPaths,
  };
}

/** What was asked for, by whom. */
type CallFacts = Pick<
  RequestLogRow,
  | 'id'
  | 'organizationId'
  | 'userId'
  | 'door'
  | 'sessionId'
  | 'planId'
  | 'nodeId'
  | 'serverId'
  | 'tool'
  | 'method'
  | 'pin'
  | 'request'
  | 'secretPaths'
>;

/** What became of it. */
type CallEnd = Pick<
  RequestLogRow,
  'serverName' | 'status' | 'errorCode' | 'errorMessage' | 'rule' | 'approvalId' | 'artifacts' | 'response'
>;

/** Of a call to which nobody answered. */
const unanswered = ({ serverName }: AskedCall) => ({
  serverName: serverName ?? '',
  errorCode: null,
  errorMessage: null,
  rule: null,
  approvalId: null,
  artifacts: 0,
  response: null,
});

const factsOf = (call: ToolCall, start: CallStart): CallFacts => ({
  id: call.logId ?? newId('log', start.at.getTime()),
  organizationId: call.organizationId,
  userId: call.userId,
  door: call.door ?? 'session',
  sessionId: call.sessionId,
  planId: call.planId,
  nodeId: call.nodeId,
  serverId: call.tool.serverId,
  tool: call.tool.name,
  method: 'tools/call',
  pin: call.tool.pin,
  request: call.arguments,
  secretPaths: secretPathsOf(call.tool.inputSchema),
});

function relayFaultOf(outcome: RelayOutcome): CallFault | null {
  if (outcome.status === 'refused') return { code: 'UPSTREAM_ERROR', message: toPreview(outcome.error.message) };
  if (outcome.status !== 'answered') return faultOf(outcome);
  if (!outcome.answer.isError) return null;
  const { preview } = readAnswer('', outcome.answer.result());
  return { code: 'TOOL_FAILED', message: preview.split('\n', 1)[0]?.slice(0, 500) || 'The tool reported a failure.' };
}
