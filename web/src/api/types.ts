import type { AccessLevel, Role } from './identity-types.js';
import type { Person, ToolState } from './tool-types.js';

export interface Instance {
  name: string;
  version: string;
  environment: 'development' | 'production';
  dev_mailbox: boolean;
  model: string;
  /** Whether it has an administrator. */
  claimed?: boolean;
  /** Whether becoming its administrator takes the code that the start prints. */
  claim_needs_code?: boolean;
}

export interface User {
  id: string;
  username: string;
  email: string;
  created_at: string;
  updated_at: string;
}

export type AuthMethod = 'none' | 'api_key' | 'oauth';
export type Transport = 'auto' | 'streamable_http' | 'sse';
export type ApprovalPolicy =
  'require_approval_all' | 'require_approval_writes' | 'require_approval_changed' | 'auto_approve';

/** What a server may ask of MCP clients of the gateway, beside questions for people. */
export type ClientFeature = 'sampling' | 'roots';

export interface McpServer {
  id: string;
  name: string;
  url: string;
  auth_method: AuthMethod;
  status: 'online' | 'offline' | 'error';
  timeout: number;
  ssl_verify: boolean;
  created_at: string;
  updated_at: string;
  transport?: Transport;
  approval_policy?: ApprovalPolicy;
  credentials_set?: boolean;
  /** How accounts sign in; null where nobody does. */
  oauth?: OAuthSettings | null;
  latency?: number | null;
  last_checked?: string | null;
  status_reason?: string | null;
  tool_count?: number | null;
  protocol?: { version: string; era: string } | null;
  demo?: boolean;
  description?: string | null;
  request_headers?: Record<string, string>;
  client_features?: ClientFeature[];
  /** The service of the catalogue that it was made of. */
  service_id?: string | null;
  /** Of the account that one's calls use; null where nobody signs in. */
  account_status?: ServerAccount['status'] | null;
  /** What it is called in addresses and names of tools at the gateway; of one server alone. */
  handle?: string;
  /** Whether calls of it go out; of one server alone. */
  circuit?: { state: 'closed' | 'open' | 'half_open'; open_until: string | null };
  /** What one may do with it. */
  level?: AccessLevel;
}

export interface OAuthSettings {
  account: 'shared' | 'per_user';
  grant: 'authorization_code' | 'client_credentials';
  client_id: string | null;
  scopes: string[] | null;
}

/** One's account at a server, or the one of all. */
export interface ServerAccount {
  status: 'connected' | 'needs_sign_in' | 'not_connected';
  reason: string | null;
  issuer: string | null;
  scopes: string[];
  wanted_scopes: string[];
  expires_at: string | null;
  connected_at: string | null;
  last_used_at: string | null;
  may_connect: boolean;
  oauth: OAuthSettings | null;
}

export interface ServerForm {
  name: string;
  url: string;
  auth_method: AuthMethod;
  credentials?: { api_key?: string; header?: string; scheme?: string; access_token?: string };
  oauth?: OAuthSettings & { client_secret?: string; private_key?: string };
  timeout?: number;
  ssl_verify?: boolean;
  transport?: Transport;
  approval_policy?: ApprovalPolicy;
  description?: string | null;
  request_headers?: Record<string, string>;
  client_features?: ClientFeature[];
}

export interface Check {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  duration_ms: number;
  summary: string;
  cause?: string;
  fix?: string;
  detail?: string;
}

export interface TestReport {
  status: string;
  message?: string;
  latency?: number | null;
  protocol?: { version: string; era: string };
  server?: { name: string; version: string };
  counts?: { tools: number; resources: number; prompts: number };
  checks?: Check[];
}

export interface ToolCompatibility {
  score: number;
  vendors: Record<string, number>;
  notes: { path: string; code: string; message: string; vendors: string[] }[];
}

export interface Tool {
  name: string;
  title?: string;
  description?: string;
  input_schema: Record<string, unknown>;
  output_schema?: Record<string, unknown>;
  read_only: boolean;
  destructive: boolean;
  compatibility?: ToolCompatibility | null;
  pin: string;
  state?: ToolState;
  /** Nobody and nothing may call it until somebody has decided. */
  quarantined?: boolean;
  /** Instead of the server's. */
  approval_policy?: ApprovalPolicy | null;
  effective_policy?: ApprovalPolicy;
  renamed_from?: string | null;
  approved_at?: string | null;
  approved_by?: Person | null;
  /** Null: whoever may use the server. */
  callers?: ToolCallers | null;
  /** Whether who looks may call it. */
  may_call?: boolean;
}

/** By role, or by name. */
export interface ToolCallers {
  least_role: Role | null;
  users: { user_id: string; username: string }[];
}

export interface ToolList {
  tools: Tool[];
  resources_count: number;
  prompts_count: number;
}

export interface Session {
  id: string;
  title: string;
  server_id: string;
  server_name: string;
  status: string;
  last_seq: number;
  pending_approvals: number;
  /** A title of null: that session is gone. */
  forked_from?: { session_id: string; title: string | null; after_seq: number } | null;
  created_at: string;
  updated_at: string;
}

export interface Model {
  /** By which sessions choose it. */
  id: string;
  name: string;
  provider: string;
  context_tokens: number;
  /** Dollars per million tokens. */
  price: { input: number; output: number } | null;
  default: boolean;
  available: boolean;
  unavailable_reason: string | null;
  unavailable_until: string | null;
}

export interface ModelList {
  models: Model[];
  /** Ids of those that answer when another cannot, in order. */
  fallback: string[];
}

export interface UsageSums {
  replies: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
}

export interface Budget {
  scope: 'organization' | 'instance';
  unit: 'tokens' | 'usd';
  limit: number;
  used: number;
  /** For replies under way. */
  reserved: number;
  resets_at: string | null;
}

export interface Usage {
  today: UsageSums & { day: string };
  /** Newest day first. */
  days: (UsageSums & { day: string; model: string })[];
  budgets: Budget[];
}
