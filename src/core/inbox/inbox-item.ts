import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { ApprovalKind, ApprovalRequest, ApprovalStatus } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import { isAtLeast, isSignedIn } from '../identity/permissions.js';
import { type AccessLevel, hasLevel } from '../registry/access.js';

/** A request as one person sees it. */
export interface InboxItem extends ApprovalRequest {
  canDecide: boolean;
}

export const INBOX_PARTS = ['pending', 'decided'] as const;
export type InboxPart = (typeof INBOX_PARTS)[number];

export interface InboxFilter {
  part: InboxPart;
  kind?: ApprovalKind | undefined;
  serverId?: ServerId | undefined;
}

export interface InboxCounts {
  pending: number;
  calls: number;
  nodes: number;
  tools: number;
}

/** What one may see of the list: whose it is, and which servers they see and use. */
export interface Sight {
  organizationId: OrganizationId;
  userId: UserId;
  levels: ReadonlyMap<ServerId, AccessLevel>;
}

type Seen = Pick<ApprovalRequest, 'kind' | 'organizationId' | 'serverId' | 'requestedBy'>;

/** The rule for one, as the repository has it for lists. */
export function sees(sight: Sight, request: Seen): boolean {
  const level = sight.levels.get(request.serverId);
  if (!level || request.organizationId !== sight.organizationId) return false;
  const isTheirs = request.requestedBy?.id === sight.userId;
  if (request.kind === 'node') return isTheirs;
  return request.kind === 'tool' || isTheirs || hasLevel(level, 'use');
}

/** A person who signed in: of a task whose session it is, of a call who may use the server, of a definition who manages it. */
export function mayDecide(principal: Principal, sight: Sight, request: Seen & { status: ApprovalStatus }): boolean {
  if (request.status !== 'pending' || !isSignedIn(principal) || !isAtLeast(principal.role, 'developer')) return false;
  const level = sight.levels.get(request.serverId);
  return sees(sight, request) && level !== undefined && hasLevel(level, request.kind === 'tool' ? 'manage' : 'use');
}
