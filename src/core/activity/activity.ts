import type { OrganizationId } from '../../platform/ids.js';

/** Everything that is recorded, `<what>.<what happened to it>`. */
export const ACTIVITY_ACTIONS = [
  'sign_in.succeeded',
  'sign_in.failed',
  'sign_in.ended',
  'token.reused',
  'code.locked',
  'account.registered',
  'email.verified',
  'password.changed',
  'password.reset_requested',
  'password.reset',
  'key.created',
  'key.rotated',
  'key.revoked',
  'credential.revoked',
  'client.connected',
  'client.denied',
  'client.disconnected',
  'client.token_reused',
  'invitation.revoked',
  'invitation.declined',
  'member.invited',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'member.left',
  'organization.created',
  'organization.renamed',
  'organization.transferred',
  'organization.switched',
  'plan.changed',
  'approval.approved',
  'approval.denied',
  'approval.withdrawn',
  'approval.grant_made',
  'approval.grant_revoked',
  'instance.claimed',
  'server.created',
  'server.changed',
  'server.deleted',
  'server.access_changed',
  'server.account_connected',
  'server.account_disconnected',
  'server.account_lost',
  'service.configured',
  'service.added',
  'service.changed',
  'service.removed',
  'package.listed',
  'package.unlisted',
  'servers.exported',
  'servers.imported',
  'webhook.created',
  'webhook.changed',
  'webhook.deleted',
  'webhook.secret_rotated',
  'webhook.disabled',
  'tool.changed',
  'tool.approved',
  'tool.rejected',
  'tool.revoked',
  'tool.policy_changed',
  'tool.callers_changed',
  'toolset.created',
  'toolset.changed',
  'toolset.deleted',
  'gateway.changed',
] as const;
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number];

export const ACTIVITY_OUTCOMES = ['succeeded', 'failed'] as const;
export type ActivityOutcome = (typeof ACTIVITY_OUTCOMES)[number];

/** Who did it, by the name they had then. */
export interface ActivityActor {
  id: string;
  name: string;
}

/** What it was done to, by the name it had then. */
export interface ActivitySubject {
  /** `user`, `server`, `key`, `sign_in`, `organization`, `invitation`, … */
  kind: string;
  id: string;
  name: string;
}

/** Short facts beside; never a secret. */
export type ActivityDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** From where it was done. */
export interface ActivityOrigin {
  ip?: string | undefined;
  userAgent?: string | undefined;
  requestId?: string | undefined;
}

export interface NewActivity {
  organizationId: OrganizationId;
  action: ActivityAction;
  /** `succeeded` unless said. */
  outcome?: ActivityOutcome;
  /** The caller of the request unless given; null where nobody is known. */
  actor?: ActivityActor | null;
  subject?: ActivitySubject;
  details?: ActivityDetails;
  /** That of the request unless given. */
  origin?: ActivityOrigin;
  /** Given by a job, which may run twice: the second line with an id is not written. */
  id?: string;
  /** Now, unless it is told later. */
  at?: Date;
}

export interface ActivityEntry {
  id: string;
  at: Date;
  action: ActivityAction;
  outcome: ActivityOutcome;
  actor: ActivityActor | null;
  subject: ActivitySubject | null;
  /** How the caller proved who they are. */
  via: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: ActivityDetails | null;
}

/** What is undefined is not asked for. */
export interface ActivityFilter {
  action?: ActivityAction | undefined;
  /** The id of whoever did it. */
  actorId?: string | undefined;
  /** From then on. */
  from?: Date | undefined;
  /** Before then. */
  to?: Date | undefined;
  outcome?: ActivityOutcome | undefined;
  /** Somewhere in the names; or a whole id or address. */
  search?: string | undefined;
}

export interface ActivityStats {
  /** Days without a line are left out. */
  days: { date: string; succeeded: number; failed: number }[];
  /** The most frequent first. */
  actions: { action: ActivityAction; count: number }[];
  actors: { id: string; name: string; count: number }[];
}

/** The topic of hints that an organization's activity has a new line; the rows are the truth. */
export const activityTopic = (organizationId: OrganizationId) => `activity:${organizationId}`;
