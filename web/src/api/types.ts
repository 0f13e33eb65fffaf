export interface Instance {
  name: string;
  version: string;
  environment: 'development' | 'production';
  dev_mailbox: boolean;
  model: string;
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
  latency?: number | null;
  last_checked?: string | null;
  status_reason?: string | null;
  tool_count?: number | null;
  protocol?: { version: string; era: string } | null;
  demo?: boolean;
}

export interface ServerForm {
  name: string;
  url: string;
  auth_method: AuthMethod;
  credentials?: { api_key?: string; header?: string; scheme?: string; access_token?: string };
  timeout?: number;
  ssl_verify?: boolean;
  transport?: Transport;
  approval_policy?: ApprovalPolicy;
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
  created_at: string;
  updated_at: string;
}
