import type { ApprovalPolicy, Tool } from './types.js';

export type ToolState = 'approved' | 'first_seen' | 'new' | 'changed' | 'rejected';

export interface Person {
  /** Null: not among us any more. */
  user_id: string | null;
  username: string;
}

export type Severity = 'breaking' | 'risky' | 'notable' | 'cosmetic';

/** One difference between two definitions; texts have hidden characters made visible. */
export interface DefinitionChange {
  kind: string;
  /** A JSON Pointer into the definition. */
  path: string;
  severity: Severity;
  message: string;
  before?: unknown;
  after?: unknown;
  /** Of a text: word by word. */
  words?: { op: 'same' | 'added' | 'removed'; text: string }[];
}

export interface DefinitionDiff {
  /** Pins. */
  from: string;
  to: string;
  severity: Severity;
  changes: DefinitionChange[];
}

export interface ToolVersion {
  pin: string;
  first_seen_at: string;
  status: string;
  decided_at: string | null;
  decided_by: Person | null;
  reason: string | null;
}

/** Who and what is concerned when a definition changes. */
export interface Affected {
  plans: { plan_id: string; session_id: string; title: string; nodes: { id: string }[] }[];
  sessions: { id: string; title: string | null }[];
  keys: { id: string; name: string }[];
  grants: number;
}

export interface ToolDetail {
  tool: Tool;
  /** As the server gave it. */
  definition: unknown;
  history: ToolVersion[];
  diff: DefinitionDiff | null;
  affected: Affected;
}

export interface CallArtifact {
  id: string;
  name: string;
  url: string;
  content_type: string;
  size: number;
  sha256: string;
}

export type CallStatus = 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'lost';

/** What came of a call. */
export interface CallAnswer {
  status: CallStatus;
  result: { content: unknown[]; structured_content?: unknown; is_error: boolean } | null;
  error: { code: string; message: string } | null;
  preview: string | null;
  artifacts: CallArtifact[];
  duration_ms: number;
  request_id: string | null;
  log_id: string | null;
  /** What let it run. */
  rule: string | null;
  /** What the tool asked of a person; only a session can answer. */
  asked?: string | null;
}

/** It waits for a person. */
export interface CallWaits {
  status: 'approval_required';
  approval_id: string;
  url: string;
  expires_at: string | null;
  log_id: string | null;
}

export interface DryRun {
  status: 'dry_run';
  would: 'run' | 'ask' | 'refuse';
  rule: string | null;
  reason: string | null;
  issues: { path: string; message: string }[];
}

export type CallReply = CallAnswer | CallWaits | DryRun;

export interface Resource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mime_type?: string | null;
  size?: number;
}

export interface ResourceList {
  resources: Resource[];
  templates?: { uri_template: string; name: string; description?: string; mime_type?: string | null }[];
}

export const POLICIES = [
  'require_approval_all',
  'require_approval_writes',
  'require_approval_changed',
  'auto_approve',
] as const satisfies readonly ApprovalPolicy[];
