import { z } from 'zod';
import { CIRCUIT_STATES } from '../../../core/execution/circuit-breakers.js';
import type { DetailedServer, ListedServer } from '../../../core/overview/server-details.service.js';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import { ACCESS_LEVELS, type VisibleServer } from '../../../core/registry/access.js';
import { OAuthView, toOAuthView } from '../../../core/registry/oauth-input.js';
import type { ConnectionCheck, ConnectionReport } from '../../../core/registry/observation.js';
import {
  AUTH_METHODS,
  CLIENT_FEATURES,
  type McpServer,
  SERVER_STATUSES,
  SERVER_TRANSPORTS,
} from '../../../core/registry/server.js';
import { STANDINGS } from '../../../core/upstream-accounts/account.js';
import type { Page } from '../../../platform/page.js';
import { toNext } from './page.schemas.js';

const ms = z.int().meta({ description: 'Milliseconds.' });

const ProtocolView = z.object({
  version: z.string().meta({ example: '2025-11-25' }),
  era: z.string().meta({ description: '`legacy`: with handshake and sessions; `modern`: without.' }),
});

export const ServerView = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    auth_method: z.enum(AUTH_METHODS),
    status: z.enum(SERVER_STATUSES).meta({
      description: '`offline`: not reached or not checked yet; `error`: it answers, but not as an MCP server for us.',
    }),
    timeout: z.int().meta({ description: 'Seconds.' }),
    ssl_verify: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    transport: z.enum(SERVER_TRANSPORTS),
    approval_policy: z.enum(APPROVAL_POLICIES),
    description: z.string().nullable(),
    request_headers: z.record(z.string(), z.string()),
    client_features: z.array(z.enum(CLIENT_FEATURES)),
    service_id: z.string().nullable().meta({ description: 'The service of the catalogue that it was made of.' }),
    credentials_set: z.boolean().meta({ description: 'Credentials are stored encrypted and never told.' }),
    latency: ms.nullable(),
    last_checked: z.iso.datetime().nullable(),
    status_reason: z.string().nullable(),
    tool_count: z.int().nullable(),
    protocol: ProtocolView.nullable(),
    oauth: OAuthView,
    demo: z.boolean(),
    level: z.enum(ACCESS_LEVELS).meta({
      description: 'What you may do with it: see it, use it in sessions, manage it. Each has those before it.',
    }),
  })
  .meta({ id: 'McpServer' });

export const ListedServerView = ServerView.extend({
  account_status: z.enum(STANDINGS).nullable().meta({
    description: 'Of the account that your calls use, where one signs in: without a connected one nothing is called.',
  }),
}).meta({ id: 'McpServerListed' });

export const ServerDetailsView = ListedServerView.extend({
  handle: z.string().meta({
    description: 'At the gateway: the address `/mcp/s/{handle}`, and at `/mcp` its tools are `{handle}__{tool}`.',
  }),
  circuit: z.object({
    state: z.enum(CIRCUIT_STATES).meta({
      description:
        '`open`: it was away again and again, so that no call goes out for a while; `half_open`: one may, to see.',
    }),
    open_until: z.iso.datetime().nullable(),
  }),
}).meta({ id: 'McpServerDetails' });

export const ServerListView = z
  .object({ servers: z.array(ListedServerView), next: z.string().optional() })
  .meta({ id: 'McpServerList' });

export const ServerDeletedView = z.object({ status: z.literal('deleted') }).meta({ id: 'McpServerDeleted' });

export const CheckView = z
  .object({
    name: z.enum(['address', 'network', 'tls', 'http', 'auth', 'protocol', 'tools', 'schemas', 'sample_call']),
    status: z.enum(['passed', 'failed', 'skipped']),
    duration_ms: z.int(),
    summary: z.string(),
    cause: z.string().optional(),
    fix: z.string().optional().meta({ description: 'One thing to try.' }),
    detail: z.string().optional(),
  })
  .meta({ id: 'ConnectionCheck' });

export const ConnectionTestView = z
  .object({
    status: z.literal('success'),
    message: z.string(),
    latency: ms.nullable(),
    protocol: ProtocolView.nullable(),
    server: z.object({ name: z.string(), version: z.string() }).nullable(),
    counts: z.object({ tools: z.int(), resources: z.int(), prompts: z.int() }),
    checks: z.array(CheckView),
  })
  .meta({ id: 'McpServerTestResult' });

export const ServerStatusView = z
  .object({
    status: z.enum(['online', 'offline']),
    latency: ms.optional(),
    last_checked: z.iso.datetime(),
  })
  .meta({ id: 'McpServerStatus' });

export const ServerCheckView = ServerStatusView.extend({ checks: z.array(CheckView) }).meta({ id: 'McpServerCheck' });

export const toServerView = (server: VisibleServer): z.infer<typeof ServerView> => ({
  id: server.id,
  name: server.name,
  url: server.url,
  auth_method: server.authMethod,
  status: server.status,
  timeout: server.timeout,
  ssl_verify: server.sslVerify,
  created_at: server.createdAt.toISOString(),
  updated_at: server.updatedAt.toISOString(),
  transport: server.transport,
  approval_policy: server.approvalPolicy,
  description: server.description,
  request_headers: { ...server.requestHeaders },
  client_features: [...server.clientFeatures],
  service_id: server.serviceId,
  credentials_set: server.credentials !== null,
  latency: server.latencyMs,
  last_checked: server.lastCheckedAt?.toISOString() ?? null,
  status_reason: server.statusReason,
  tool_count: server.toolCount,
  protocol:
    server.protocolVersion === null || server.protocolEra === null
      ? null
      : { version: server.protocolVersion, era: server.protocolEra },
  oauth: toOAuthView(server.oauth),
  demo: server.demo,
  level: server.level,
});

const toListedServerView = (server: ListedServer): z.infer<typeof ListedServerView> => ({
  ...toServerView(server),
  account_status: server.account,
});

export const toServerDetailsView = ({
  handle,
  circuit,
  ...server
}: DetailedServer): z.infer<typeof ServerDetailsView> => ({
  ...toListedServerView(server),
  handle,
  circuit: { state: circuit.state, open_until: circuit.openUntil?.toISOString() ?? null },
});

export const toServerListView = (page: Page<ListedServer>): z.infer<typeof ServerListView> => ({
  servers: page.items.map(toListedServerView),
  ...toNext(page),
});

/** The document knows two words here; whatever keeps a server from being used is `offline`. */
export const toServerStatusView = (server: McpServer): z.infer<typeof ServerStatusView> => ({
  status: server.status === 'online' ? 'online' : 'offline',
  ...(server.status === 'online' && server.latencyMs !== null && { latency: server.latencyMs }),
  // Never checked only when all its connections were busy, and so it is known to answer.
  last_checked: (server.lastCheckedAt ?? server.updatedAt).toISOString(),
});

export const toServerCheckView = (found: {
  server: McpServer;
  report: ConnectionReport;
}): z.infer<typeof ServerCheckView> => ({
  ...toServerStatusView(found.server),
  checks: found.report.checks.map(toCheckView),
});

export const toConnectionTestView = (report: ConnectionReport): z.infer<typeof ConnectionTestView> => ({
  status: 'success',
  message: 'Connection successful.',
  latency: report.latencyMs === undefined ? null : Math.round(report.latencyMs),
  protocol: report.protocol ? { version: report.protocol.version, era: report.protocol.era } : null,
  server: report.serverInfo ? { name: report.serverInfo.name, version: report.serverInfo.version } : null,
  counts: {
    tools: report.counts.tools,
    resources: report.counts.resources,
    prompts: report.counts.prompts,
  },
  checks: report.checks.map(toCheckView),
});

export const toCheckView = (check: ConnectionCheck): z.infer<typeof CheckView> => ({
  name: check.name,
  status: check.status,
  duration_ms: check.durationMs,
  summary: check.summary,
  ...(check.cause !== undefined && { cause: check.cause }),
  ...(check.fix !== undefined && { fix: check.fix }),
  ...(check.detail !== undefined && { detail: check.detail }),
});
