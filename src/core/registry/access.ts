import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Role } from '../identity/principal.js';
import type { McpServer } from './server.js';

/** What one may do with a server, from least to most: each has those before it. */
export const ACCESS_LEVELS = ['see', 'use', 'manage'] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** Who has a level without a grant: the organization by its roles, or nobody. */
export const ACCESS_MODES = ['organization', 'restricted'] as const satisfies AccessMode[];
export type AccessMode = McpServer['access'];

/** A server, and what whoever asked for it may do with it. */
export type VisibleServer = McpServer & { level: AccessLevel };

/** On whose behalf something goes on with a server. */
export interface ServerUse {
  userId: UserId;
  organizationId: OrganizationId;
  serverId: ServerId;
}

/** Of the servers in one state. */
export interface ServerCount {
  status: McpServer['status'];
  servers: number;
  tools: number;
}

export interface ServerGrant {
  userId: UserId;
  username: string;
  email: string;
  /** In the organization; a viewer sees, whatever was granted. */
  role: Role;
  level: AccessLevel;
}

export interface ServerAccessList {
  access: AccessMode;
  /** Of whoever asks. */
  level: AccessLevel;
  /** By name; for who does not manage the server, their own alone. */
  grants: ServerGrant[];
}

/** What is undefined stays as it is. */
export interface ServerAccessChange {
  access?: AccessMode | undefined;
  /** All that there are to be. */
  grants?: readonly { userId: UserId; level: AccessLevel }[] | undefined;
}

export const hasLevel = (level: AccessLevel, least: AccessLevel): boolean =>
  ACCESS_LEVELS.indexOf(level) >= ACCESS_LEVELS.indexOf(least);
