import type { Person } from './tool-types.js';

/** One call or reading, whoever asked and whatever came of it. */
export interface RequestRow {
  id: string;
  at: string;
  server: { id: string; name: string };
  tool: string;
  method: string;
  status: string;
  status_code: number;
  error_code: string | null;
  duration_ms: number;
  door: string;
  via: string | null;
  actor: Person | null;
  credential: { id: string; name: string | null } | null;
  session_id: string | null;
  plan_id: string | null;
  node_id: string | null;
  approval_id: string | null;
  rule: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  request_bytes: number | null;
  response_bytes: number | null;
  artifacts: number;
}

/** With bodies, as far as they are kept: secrets are taken out, long ones cut. */
export interface RequestDetail extends RequestRow {
  request: Record<string, unknown> | null;
  response: Record<string, unknown> | null;
  truncated: boolean;
  error_message: string | null;
}

export interface RequestFilter {
  server_id?: string;
  tool?: string;
  status?: string;
  door?: string;
  actor?: string;
  from?: string;
  to?: string;
  q?: string;
}
