export const PROTOCOL_VERSION = 1;

/** A frame over this many bytes closes the socket with 1009. */
export const MAX_FRAME_BYTES = 1024 * 1024;

export const NODE_STATUSES = [
  'pending',
  'approved',
  'blocked',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'timed_out',
  'rejected',
  'skipped',
  'cancelled',
  'outcome_unknown',
] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

export const TURN_OUTCOMES = ['done', 'stopped', 'failed', 'superseded'] as const;
export type TurnOutcome = (typeof TURN_OUTCOMES)[number];

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How far an approval reaches beyond the one call; `once` when absent. */
export const REMEMBER_SCOPES = [
  'once',
  'tool_in_session',
  'tool_until_changed',
  'server_in_session',
  'matching',
] as const;
export type RememberScope = (typeof REMEMBER_SCOPES)[number];

/** Why a socket was closed by the server; clients decide by the number. */
export const CLOSE_CODES = {
  restart: 1012,
  sign_in_again: 4401,
  no_access: 4403,
  no_such_server: 4404,
  too_slow: 4408,
  too_many: 4429,
} as const;
export type CloseReason = keyof typeof CLOSE_CODES;
