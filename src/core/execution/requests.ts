import type { Door } from '../approvals/approval-request.js';
import type { RequestMethod, RequestStatus } from './request-log-row.js';

/** Nobody turns the pages of more; see `more` where they are counted. */
export const MOST_COUNTED = 10_000;

/** A call as it is listed. */
export interface LoggedRequest {
  id: string;
  at: Date;
  server: { id: string; name: string };
  /** Of the catalogue entry that the server came of. */
  serviceId: string | null;
  tool: string;
  method: RequestMethod;
  status: RequestStatus;
  statusCode: number;
  errorCode: string | null;
  durationMs: number;
  door: Door;
  via: string | null;
  /** Null where nobody is known any more. */
  actor: { id: string; name: string } | null;
  /** The name is that of a key; a sign-in has none. */
  credential: { id: string; name: string | null } | null;
  sessionId: string | null;
  planId: string | null;
  nodeId: string | null;
  approvalId: string | null;
  rule: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  requestBytes: number;
  responseBytes: number;
  artifacts: number;
}

/** With what was sent and answered, without secrets; null where it was not kept. */
export interface LoggedRequestDetails extends LoggedRequest {
  request: unknown;
  response: unknown;
  /** Some of them was left out for its size. */
  truncated: boolean;
  errorMessage: string | null;
}

/** What is undefined is not asked for. */
export interface RequestFilter {
  /** `mcp_…`, or `svc_…`: all servers that came of it. */
  serverId?: string | undefined;
  tool?: string | undefined;
  /** `error`: all whose HTTP status is one of an error. */
  status?: RequestStatus | 'success' | 'error' | undefined;
  door?: Door | undefined;
  /** The id of whoever asked. */
  actorId?: string | undefined;
  /** From then on. */
  from?: Date | undefined;
  /** Before then. */
  to?: Date | undefined;
  /** Somewhere in the names, the error or the ids. */
  search?: string | undefined;
}

/** The place in the list, newest first, behind which the next page begins. */
export interface RequestPlace {
  at: Date;
  id: string;
}

/** Whose rows: all of an organization, or those of one person in it. */
export interface RequestsOf {
  organizationId: string;
  userId?: string;
}
