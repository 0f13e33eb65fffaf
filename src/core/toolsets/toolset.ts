import type { OrganizationId, ServerId, ToolsetId, UserId } from '../../platform/ids.js';
import type { Presentation } from '../identity/presentation.js';
import type { Principal, Role } from '../identity/principal.js';

/** One tool of a server, or with `*` all of its tools, as the toolset shows it. */
export interface ToolsetEntry {
  serverId: ServerId;
  tool: string;
  /** Instead of the server's own; only for single tools. */
  name?: string | undefined;
  title?: string | undefined;
  description?: string | undefined;
  /** Left out; beside a `*` this one tool. */
  hidden?: boolean | undefined;
}

/** Who is offered a toolset, of those in the organization; each of these is enough. */
export interface ToolsetAudience {
  roles: readonly Role[];
  users: readonly UserId[];
  /** API keys. */
  keys: readonly string[];
}

export interface Toolset {
  id: ToolsetId;
  organizationId: OrganizationId;
  name: string;
  /** By which clients reach it, `/mcp/t/{handle}`. */
  handle: string;
  description: string;
  presentation: Presentation;
  entries: readonly ToolsetEntry[];
  /** Null: everybody in the organization. */
  audience: ToolsetAudience | null;
  createdBy: UserId | null;
  createdAt: Date;
  updatedBy: UserId | null;
  updatedAt: Date;
}

export type NewToolset = Pick<Toolset, 'name' | 'handle' | 'description' | 'presentation' | 'entries' | 'audience'>;

/** What is undefined stays as it is. */
export type ToolsetChange = { [Field in keyof NewToolset]?: NewToolset[Field] | undefined };

export const MAX_TOOLSETS = 50;
export const MAX_ENTRIES = 500;
export const MAX_AUDIENCE = 100;

/** What a tool may be called: what clients and models take. */
export const SHOWN_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
export const HANDLE = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;

export const isInAudience = (
  { role, userId, credentialId }: Pick<Principal, 'role' | 'userId' | 'credentialId'>,
  { audience }: Pick<Toolset, 'audience'>,
): boolean =>
  audience === null ||
  audience.roles.includes(role) ||
  audience.users.includes(userId) ||
  audience.keys.includes(credentialId);

/** Who made it, and administrators: its words are read by the models of everybody. */
export const mayChange = (
  { role, userId }: Pick<Principal, 'role' | 'userId'>,
  { createdBy }: Pick<Toolset, 'createdBy'>,
): boolean => role === 'owner' || role === 'admin' || createdBy === userId;
