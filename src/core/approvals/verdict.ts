import type { Id, OrganizationId, ServerId, SessionId, UserId } from '../../platform/ids.js';
import type { ApprovalPolicy } from './approval-policy.js';

/** How far the present definition of the tool is trusted; the registry knows. */
export type DefinitionTrust = 'approved' | 'first_seen' | 'new' | 'changed' | 'rejected';

export interface CallToDecide {
  organizationId: OrganizationId;
  /** On whose behalf. */
  userId: UserId;
  /** Null from a door without one. */
  sessionId: SessionId | null;
  serverId: ServerId;
  /** Of the server's address and credentials; see the registry. */
  accountVersion: number;
  /** The one that counts for the tool. */
  policy: ApprovalPolicy;
  tool: string;
  /** SHA-256 of the tool's definition. */
  pin: string;
  toolState: DefinitionTrust;
  readOnly: boolean;
  /** As they would be sent; what is not known yet fits no pattern. */
  arguments: Readonly<Record<string, unknown>>;
}

/** What a permission can be bound to. */
export type RememberedCall = Omit<CallToDecide, 'policy' | 'toolState' | 'readOnly'>;

export type Verdict =
  /** `grant`: the permission by which it may; absent where a policy lets it. */
  | { decision: 'run'; rule: string; grant?: Id<'grant'> }
  | { decision: 'ask'; why: string }
  | { decision: 'refuse'; code: string; message: string };
