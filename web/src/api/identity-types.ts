import type { User } from './types.js';

export type Role = 'owner' | 'admin' | 'developer' | 'viewer';
export type Scope = 'mcp:read' | 'mcp:write' | 'mcp:execute' | 'admin';

/** Those actions of the API's table that a page shows or hides something by. */
export type Action =
  | 'profile.change'
  | 'password.change'
  | 'credentials.manage'
  | 'keys.manage'
  | 'organization.change'
  | 'organization.transfer'
  | 'members.read'
  | 'members.manage'
  | 'memberships.manage'
  | 'servers.create'
  | 'servers.change'
  | 'servers.test'
  | 'sessions.use'
  | 'activity.read'
  | 'webhooks.manage'
  | 'tools.decide'
  | 'toolsets.manage'
  | 'gateway.change'
  | 'servers.export'
  | 'servers.import'
  | 'instance.claim';

export interface OrganizationName {
  id: string;
  name: string;
}

/** Who one is, where, and what one may do there. */
export interface Account {
  user: User;
  first_name: string | null;
  last_name: string | null;
  has_password: boolean;
  instance_administrator: boolean;
  organization: OrganizationName;
  role: Role;
  /** More than the web client knows of: an unknown one is ignored. */
  may: string[];
}

/** A tool that a key may call; `*` for all of its server. */
export interface ReachedTool {
  server_id: string;
  tool: string;
}

export interface ApiKey {
  id: string;
  name: string;
  /** The last characters of the secret. */
  hint: string;
  scopes: Scope[];
  /** Null: all that its user may call. */
  tools?: ReachedTool[] | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  last_used_ip: string | null;
  organization: OrganizationName;
}

/** As it is answered once, when it is made. */
export type NewApiKey = ApiKey & { key: string };

export interface Credential {
  id: string;
  kind: 'token_family' | 'cookie_session' | 'api_key' | 'oauth_client';
  name: string | null;
  /** The one that asked. */
  current: boolean;
  device_fingerprint: string | null;
  user_agent: string | null;
  ip: string | null;
  last_ip: string | null;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  scopes: Scope[] | null;
  organization: OrganizationName;
}

export interface ConnectedClient {
  id: string;
  client_kind: 'registered' | 'document';
  name: string;
  /** The host, or the scheme, to which it was answered. */
  redirect: string | null;
  resource: string;
  scopes: Scope[];
  organization: OrganizationName;
  granted_at: string;
  last_used_at: string | null;
  last_used_ip: string | null;
}

export interface OrganizationRow extends OrganizationName {
  role: Role;
  current: boolean;
  members_count: number;
  created_at: string;
}

export interface Organization extends OrganizationName {
  role: Role;
  created_at: string;
  plan: {
    id: string;
    name: string;
    features: string[];
    /** Null: no limit. */
    limits: { users: number | null; services: number | null; requests_per_day: number | null };
  };
  usage: { users: number; invitations: number; services: number; requests_today: number };
}

export interface Member {
  user_id: string;
  username: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  role: Role;
  created_at: string;
  last_login_at: string | null;
}

/** An invitation that is still open, as the organization sees it. */
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invited_by: string | null;
  created_at: string;
  expires_at: string;
  expired: boolean;
}

/** An invitation to the address of the one who asks. */
export interface MyInvitation {
  id: string;
  organization: OrganizationName;
  role: Role;
  invited_by: string | null;
  created_at: string;
  expires_at: string;
}

export type AccessLevel = 'see' | 'use' | 'manage';

export interface ServerGrant {
  user_id: string;
  username: string;
  email: string;
  role: Role;
  level: AccessLevel;
}

export interface ServerAccess {
  access: 'organization' | 'restricted';
  /** One's own. */
  level: AccessLevel;
  grants: ServerGrant[];
}

export interface ActivityEntry {
  id: string;
  at: string;
  action: string;
  outcome: string;
  actor: { id: string; name: string } | null;
  subject: { kind: string; id: string; name: string } | null;
  via: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: Record<string, unknown> | null;
}
