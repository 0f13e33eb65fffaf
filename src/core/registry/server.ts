import type { OrganizationId, ServerId, ServiceId, UserId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { OAuthSettings } from '../upstream-accounts/account.js';

/** Those that people may choose. */
export const CHOSEN_TRANSPORTS = ['auto', 'streamable_http', 'sse'] as const;
/** `stdio`: a listed package that this instance runs; only the configuration of a service makes one. */
export const SERVER_TRANSPORTS = [...CHOSEN_TRANSPORTS, 'stdio'] as const;
export type ChosenTransport = (typeof CHOSEN_TRANSPORTS)[number];
export type ServerTransport = (typeof SERVER_TRANSPORTS)[number];

/** What of a client of ours a server may ask for: its language model, its folders. Deprecated in MCP, and off unless chosen. */
export const CLIENT_FEATURES = ['sampling', 'roots'] as const;
export type ClientFeature = (typeof CLIENT_FEATURES)[number];

export const AUTH_METHODS = ['none', 'api_key', 'oauth'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** `offline`: not reached, or not checked yet. `error`: something answers there, but not as an MCP server for us. */
export const SERVER_STATUSES = ['online', 'offline', 'error'] as const;
export type ServerStatus = (typeof SERVER_STATUSES)[number];

export interface UpstreamInfo {
  name: string;
  version: string;
}

/** An MCP server in an organization's registry. */
export interface McpServer {
  id: ServerId;
  organizationId: OrganizationId;
  name: string;
  /** For people. */
  description: string | null;
  /** Of a package: `npm:<name>@<version>`. */
  url: string;
  /** Go with every request to it; see request-headers.ts. */
  requestHeaders: Readonly<Record<string, string>>;
  /** Names a secret that does not exist here yet. */
  secretId: string | null;
  transport: ServerTransport;
  authMethod: AuthMethod;
  /** How accounts sign in; null where nobody does, as with an access token that somebody entered. */
  oauth: OAuthSettings | null;
  /** Sealed; see `ServerCredentials`. */
  credentials: string | null;
  /** Raised with every change of URL or credentials: an approval counts for one account only. */
  accountVersion: number;
  /** Seconds. */
  timeout: number;
  sslVerify: boolean;
  approvalPolicy: ApprovalPolicy;
  clientFeatures: ClientFeature[];
  status: ServerStatus;
  /** Why it is not online, for people. */
  statusReason: string | null;
  latencyMs: number | null;
  lastCheckedAt: Date | null;
  protocolVersion: string | null;
  protocolEra: string | null;
  serverInfo: UpstreamInfo | null;
  /** Failed checks in a row. */
  failures: number;
  /** The counts are null until a check has succeeded. */
  toolCount: number | null;
  resourceCount: number | null;
  promptCount: number | null;
  /** The catalogue's entry that it was configured from. */
  serviceId: ServiceId | null;
  /** Our own demo server, whose URL is ours to set. */
  demo: boolean;
  /** Who registered it; null for our demo server, and for a user who is gone. */
  createdBy: UserId | null;
  access: 'organization' | 'restricted';
  createdAt: Date;
  updatedAt: Date;
}

export const MAX_NAME_LENGTH = 100;
export const MAX_DESCRIPTION_LENGTH = 2_000;
export const MAX_URL_LENGTH = 2_048;
export const DEFAULT_TIMEOUT_SECONDS = 30;
export const MAX_TIMEOUT_SECONDS = 600;

/** What a new place knows of itself: nothing. */
export const UNCHECKED = {
  status: 'offline',
  statusReason: 'Not checked yet.',
  latencyMs: null,
  lastCheckedAt: null,
  protocolVersion: null,
  protocolEra: null,
  serverInfo: null,
  failures: 0,
  toolCount: null,
  resourceCount: null,
  promptCount: null,
} as const satisfies Partial<McpServer>;

/** The topic of hints about one server; their data is nothing, the row is the truth. */
export const serverTopic = (id: string) => `server:${id}`;

/** Another one after each change by a person; what checks find out leaves it. */
export const versionOf = ({ updatedAt }: Pick<McpServer, 'updatedAt'>): string => updatedAt.getTime().toString(36);
