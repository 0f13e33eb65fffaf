import type { ApprovalInfo, PassingEvent } from '@app/session-protocol';
import type { InboxItem } from './inbox-item.js';

/** Of the arguments, in an event that passes by. */
const TOLD_CHARACTERS = 16_384;

const toPerson = (person: { id: string | null; name: string } | null) =>
  person && { user_id: person.id, username: person.name };

export const toApprovalInfo = (item: InboxItem): ApprovalInfo => ({
  id: item.id,
  kind: item.kind,
  status: item.status,
  title: item.title,
  server: { id: item.serverId, name: item.serverName },
  tool: item.tool,
  pin: item.pin,
  risk: item.risk,
  arguments: item.arguments,
  why: item.why,
  requested_by: toPerson(item.requestedBy),
  via: item.via,
  via_name: item.viaName,
  door: item.door,
  session_id: item.sessionId,
  plan_id: item.planId,
  node_id: item.nodeId,
  created_at: item.createdAt.toISOString(),
  expires_at: item.expiresAt?.toISOString() ?? null,
  decided_at: item.decidedAt?.toISOString() ?? null,
  decided_by: toPerson(item.decidedBy),
  decision_reason: item.decisionReason,
  can_decide: item.canDecide,
});

/** For those who listen now. */
export function toRequestedEvent(item: InboxItem): PassingEvent & { type: 'approval_requested' } {
  const isLarge = item.arguments !== null && JSON.stringify(item.arguments).length > TOLD_CHARACTERS;
  return {
    type: 'approval_requested',
    payload: { approval: toApprovalInfo(isLarge ? { ...item, arguments: null } : item) },
  };
}

export const toResolvedEvent = ({
  id,
  status,
  decidedBy,
}: InboxItem): PassingEvent & { type: 'approval_resolved' } => ({
  type: 'approval_resolved',
  payload: { approval_id: id, status, by: toPerson(decidedBy) },
});
