import type { ApprovalId, OrganizationId, PlanId, ServerId, SessionId, UserId } from '../../platform/ids.js';

/** `call`: held for somebody at a door without a person. `node`: a task of a plan. `tool`: a definition in quarantine. */
export const APPROVAL_KINDS = ['call', 'node', 'tool'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** `withdrawn`: nobody needs it any more. `superseded`: another request took its place. */
export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'superseded'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

export const DOORS = ['session', 'rest', 'gateway'] as const;
/** Through which a call came. */
export type Door = (typeof DOORS)[number];

/** What the tool's definition claims. */
export interface ApprovalRisk {
  read_only: boolean;
  destructive: boolean;
  idempotent: boolean;
  open_world: boolean;
}

export interface NewApprovalRequest {
  organizationId: OrganizationId;
  kind: ApprovalKind;
  /** For people: what is to happen. */
  title: string;
  /** For people: which rule asks. */
  why: string;
  serverId: ServerId;
  serverName: string;
  tool: string;
  /** SHA-256 of the definition that is asked about. */
  pin: string;
  risk: ApprovalRisk | null;
  /** Exactly as they would be sent; null for a definition. */
  arguments: Readonly<Record<string, unknown>> | null;
  /** Null where nobody asked: a server changed by itself. */
  requestedBy: { id: UserId; name: string } | null;
  via: string | null;
  /** Of the key or the client, as it was called then; null of a sign-in. */
  viaName: string | null;
  door: Door | null;
  sessionId: SessionId | null;
  planId: PlanId | null;
  nodeId: string | null;
  /** Null: it waits as long as what it is about. */
  expiresAt: Date | null;
}

export interface ApprovalRequest extends NewApprovalRequest {
  id: ApprovalId;
  status: ApprovalStatus;
  createdAt: Date;
  decidedAt: Date | null;
  decidedBy: { id: UserId | null; name: string } | null;
  decisionReason: string | null;
}

/** The topic of hints that what waits in an organization changed; the rows are the truth. */
export const approvalsTopic = (organizationId: OrganizationId) => `approvals:${organizationId}`;

/** The topic of hints that one request was decided or ended. */
export const approvalTopic = (id: ApprovalId) => `approval:${id}`;
