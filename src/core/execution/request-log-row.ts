import type { Door } from '../approvals/approval-request.js';
import type { SecretPath } from './redacted-json.js';

export const REQUEST_METHODS = ['tools/call', 'resources/read', 'prompts/get'] as const;
export type RequestMethod = (typeof REQUEST_METHODS)[number];

export const REQUEST_STATUSES = [
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
  'not_sent',
  'refused',
  'approval_required',
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** One call that named a server and a tool, whatever became of it. */
export interface RequestLogRow {
  /** `log_…` */
  id: string;
  organizationId: string;
  userId: string;
  username: string | null;
  /** `fam_…` of a sign-in, `key_…` of a key. */
  credentialId: string | null;
  /** How the caller proved who they are. */
  via: string | null;
  door: Door;
  sessionId: string | null;
  planId: string | null;
  nodeId: string | null;
  approvalId: string | null;
  serverId: string;
  serverName: string;
  /** Of `resources/read`: the URI. */
  tool: string;
  method: RequestMethod;
  pin: string | null;
  status: RequestStatus;
  /** See `statusCodeOf`. */
  statusCode: number;
  errorCode: string | null;
  errorMessage: string | null;
  /** What decided that it ran, waits or was refused. */
  rule: string | null;
  requestBytes: number;
  responseBytes: number;
  artifacts: number;
  durationMs: number;
  startedAt: Date;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  traceId: string | null;
  /** As it was sent and answered; kept by reference for a moment, so not to be changed any more. */
  request: unknown;
  response: unknown;
  /** The same as JSON, where somebody has it. */
  requestJson?: string;
  responseJson?: string;
  /** What of the request its schema calls secret, see `secretPathsOf`. */
  secretPaths?: readonly SecretPath[] | undefined;
}

const BY_STATUS = {
  succeeded: 200,
  failed: 500,
  timed_out: 504,
  cancelled: 499,
  lost: 502,
  not_sent: 502,
  refused: 403,
  approval_required: 202,
} as const satisfies Record<RequestStatus, number>;

const BY_CODE: Readonly<Record<string, number>> = {
  INVALID_ARGUMENTS: 400,
  VALIDATION_ERROR: 400,
  SERVER_NOT_FOUND: 404,
  TOOL_NOT_FOUND: 404,
  TOOL_GONE: 404,
  RESOURCE_NOT_FOUND: 404,
  TOOL_CHANGED: 409,
  TOOL_QUARANTINED: 409,
  TOOL_REJECTED: 409,
  APPROVAL_DENIED: 403,
  APPROVAL_EXPIRED: 410,
  APPROVAL_WITHDRAWN: 410,
  IDEMPOTENCY_KEY_REUSED: 422,
  IDEMPOTENCY_IN_PROGRESS: 409,
  RATE_LIMIT_EXCEEDED: 429,
  TOO_MANY_CALLS: 429,
  UPSTREAM_BUSY: 503,
  CIRCUIT_OPEN: 503,
  DATABASE_UNAVAILABLE: 503,
  DATABASE_FULL: 503,
  UPSTREAM_TIMEOUT: 504,
  INTERNAL_ERROR: 500,
};

/** The HTTP status under which a call is kept, whichever door it came by; a client that went away is 499. */
export function statusCodeOf(status: RequestStatus, errorCode: string | null): number {
  if (status === 'succeeded' || status === 'approval_required' || errorCode === null) return BY_STATUS[status];
  return BY_CODE[errorCode] ?? BY_STATUS[status];
}

/** Below it nothing went wrong. */
export const FIRST_ERROR_STATUS = 400;
