import type { ApprovalId, ServerId, ToolId, UserId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { ToolCallers } from './tool-callers.js';
import type { ToolDefinition, ToolExtras } from './tool-definition.js';

/**
 * How far the definition that a tool has now is trusted. `approved`: a person, or a rule, approved exactly it. `first_seen`: the
 * server had it when it was first asked, and nobody approved it. `new`, `changed`: it came later. `rejected`: a person refused it.
 */
export const TOOL_STATES = ['approved', 'first_seen', 'new', 'changed', 'rejected'] as const;
export type ToolState = (typeof TOOL_STATES)[number];

/** What was last known of one definition. `revoked`: it was approved once. `void`: that was for another account or address. */
export const VERSION_STATUSES = [...TOOL_STATES, 'revoked', 'void'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

/** Not offered to a model, and called from no door, until a person approves the definition. */
export const isQuarantined = (state: ToolState): boolean =>
  state === 'new' || state === 'changed' || state === 'rejected';

/** What is decided about a tool, without its definition. */
export interface ToolStanding {
  state: ToolState;
  quarantined: boolean;
  /** SHA-256, hex, of the definition that the server had last. */
  pin: string;
  /** The tool's own, or null: that of its server. */
  approvalPolicy: ApprovalPolicy | null;
}

/** A tool that its server offers now, and how far it is trusted. */
export type ListedTool = ToolDefinition &
  ToolStanding & {
    id: ToolId;
    extras: ToolExtras | null;
    /** The account of the server at which it was seen. */
    accountVersion: number;
    /** The name it had before, where it seems to be the same tool. */
    renamedFrom: string | null;
    /** When and by whom its present definition was approved; nobody, where a rule did. */
    approvedAt: Date | null;
    approvedBy: { userId: UserId; username: string } | null;
    /** Null: whoever may use the server. */
    callers: ToolCallers | null;
  };

/** The policy that counts for a tool: its own, else its server's. */
export const effectivePolicy = (
  tool: Pick<ToolStanding, 'approvalPolicy'> | undefined,
  server: { approvalPolicy: ApprovalPolicy },
): ApprovalPolicy => tool?.approvalPolicy ?? server.approvalPolicy;

/** What is kept of a tool, also of one that is gone. */
export interface ToolRecord {
  id: ToolId;
  serverId: ServerId;
  name: string;
  state: ToolState;
  pin: string;
  /** The server offers it now. */
  present: boolean;
  renamedFrom: string | null;
  approvalPolicy: ApprovalPolicy | null;
  /** The request that waits for a person, while it is in quarantine. */
  approvalId: ApprovalId | null;
}

/** A definition that a tool has or had. */
export interface ToolVersion {
  /** From 1, for each tool. */
  number: number;
  pin: string;
  status: VersionStatus;
  firstSeenAt: Date;
  decidedAt: Date | null;
  decidedBy: { userId: UserId | null; username: string } | null;
  reason: string | null;
}

/** A tool with its last definition, also one that is gone. */
export type KeptTool = ToolDefinition &
  ToolStanding & {
    id: ToolId;
    serverName: string;
    effectivePolicy: ApprovalPolicy;
    present: boolean;
    renamedFrom: string | null;
    /** The number of its last definition. */
    version: number;
    firstSeenAt: Date;
    changedAt: Date;
    decidedAt: Date | null;
    /** Nobody, where a rule did. */
    decidedBy: ToolVersion['decidedBy'];
    reason: string | null;
  };

interface Sight {
  /** What is known of exactly this definition, at this account. */
  version: VersionStatus | undefined;
  /** Whether the tool was known under another definition. */
  known: boolean;
  /** The server was never asked before, at this account. */
  isFirst: boolean;
  /** By which rule it may approve what is new, if any. */
  rule: string | undefined;
}

/** The state of a tool whose definition was not there when the server was asked last. */
export function stateOnSight({ version, known, isFirst, rule }: Sight): { state: ToolState; rule?: string } {
  if (version === 'approved' || version === 'first_seen' || version === 'rejected') return { state: version };
  // Somebody took an approval back: no rule gives it again.
  if (version === 'revoked') return { state: 'changed' };
  if (isFirst) return { state: 'first_seen' };
  if (rule !== undefined) return { state: 'approved', rule };
  return { state: known ? 'changed' : 'new' };
}
