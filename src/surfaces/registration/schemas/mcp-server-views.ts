import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import type { Principal } from '../../../core/identity/principal.js';
import type { AccessLevel } from '../../../core/registry/access.js';
import type { RegisteredServer } from '../../../core/registry/registered-servers.service.js';
import { SERVER_STATUSES, type ServerTransport } from '../../../core/registry/server.js';
import type { Page, PageRequest } from '../../../platform/page.js';
import { envelope, succeed } from './envelope.js';
import { TRANSPORTS } from './mcp-servers.schemas.js';

const ACCESS_ROLES = ['admin', 'developer', 'viewer'] as const;

/** What one may do with the server: the document calls who may do all `admin`. */
const ROLE_OF = { manage: 'admin', use: 'developer', see: 'viewer' } as const satisfies Record<
  AccessLevel,
  (typeof ACCESS_ROLES)[number]
>;

/** Also of what is told: a package that this instance runs. */
const TOLD_TRANSPORTS = [...TRANSPORTS, 'STDIO'] as const;

/** One that finds the transport by itself begins with Streamable HTTP. */
const TRANSPORT = {
  sse: 'SSE',
  streamable_http: 'STREAMABLE_HTTP',
  auto: 'STREAMABLE_HTTP',
  stdio: 'STDIO',
} as const satisfies Record<ServerTransport, (typeof TOLD_TRANSPORTS)[number]>;

const epochMs = z.int().meta({ description: 'Epoch milliseconds.' });
const role = z.enum(ACCESS_ROLES);
const hashes = z.array(z.string());

const described = {
  url: z.string(),
  name: z.string(),
  approval_policy: z.enum(APPROVAL_POLICIES),
  transport: z.enum(TOLD_TRANSPORTS),
  description: z.string().nullable(),
  request_headers: z.record(z.string(), z.string()),
  tool_approval_hashes: hashes,
};

const McpServerView = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    ...described,
    status: z.enum(SERVER_STATUSES).meta({ description: '`offline` until it was checked.' }),
    is_creator: z.boolean(),
    role,
    created_at: epochMs,
    updated_at: epochMs,
    dependent_agents: z
      .array(z.object({ id: z.string(), kind: z.enum(['session', 'api_key']), name: z.string().nullable() }))
      .meta({ description: 'Sessions on it and keys that called it, the latest 20; the names of your own.' }),
    config: z.object({
      ...described,
      secret_token: z.object({ secret_id: z.string() }).optional().meta({ description: 'Where one was named.' }),
    }),
    access_info: z.object({
      role,
      creator_email: z.string().nullable(),
      creator_name: z.string().nullable(),
      is_creator: z.boolean(),
    }),
    metadata: z.object({ owner_user_id: z.string().nullable(), created_at: epochMs }),
  })
  .meta({ id: 'McpServer' });

export const McpServerAnswer = envelope(McpServerView).meta({ id: 'McpServerAnswer' });

export const McpServerListAnswer = envelope(
  z.object({
    mcp_servers: z.array(McpServerView),
    page: z.int(),
    limit: z.int(),
    next: z.int().nullable().meta({ description: 'The next page; null at the end.' }),
  }),
).meta({ id: 'McpServerListAnswer' });

function toView(server: RegisteredServer, { userId }: Principal): z.infer<typeof McpServerView> {
  const isCreator = server.createdBy === userId;
  const access = ROLE_OF[server.level];
  const createdAt = server.createdAt.getTime();
  const facts = {
    url: server.url,
    name: server.name,
    approval_policy: server.approvalPolicy,
    transport: TRANSPORT[server.transport],
    description: server.description,
    request_headers: { ...server.requestHeaders },
    tool_approval_hashes: [...server.approvedPins],
  };
  return {
    id: server.id,
    organization_id: server.organizationId,
    ...facts,
    status: server.status,
    is_creator: isCreator,
    role: access,
    created_at: createdAt,
    updated_at: server.updatedAt.getTime(),
    dependent_agents: server.dependents.map(({ id, kind, name }) => ({ id, kind, name })),
    config: { ...facts, ...(server.secretId !== null && { secret_token: { secret_id: server.secretId } }) },
    access_info: { role: access, creator_email: null, creator_name: null, is_creator: isCreator },
    metadata: { owner_user_id: server.createdBy, created_at: createdAt },
  };
}

export const toCreatedAnswer = (server: RegisteredServer, principal: Principal): z.infer<typeof McpServerAnswer> =>
  succeed('MCP server created successfully', toView(server, principal));

export const toServerAnswer = (server: RegisteredServer, principal: Principal): z.infer<typeof McpServerAnswer> =>
  succeed('MCP server found', toView(server, principal));

export const toUpdatedAnswer = (server: RegisteredServer, principal: Principal): z.infer<typeof McpServerAnswer> =>
  succeed('MCP server updated successfully', toView(server, principal));

export const McpServerDeletedAnswer = envelope(z.object({ id: z.string() })).meta({ id: 'McpServerDeletedAnswer' });

export const toDeletedAnswer = (id: string): z.infer<typeof McpServerDeletedAnswer> =>
  succeed('MCP server deleted successfully', { id });

export const toServerListAnswer = (
  { items, next }: Page<RegisteredServer>,
  { page, size }: PageRequest,
  principal: Principal,
): z.infer<typeof McpServerListAnswer> =>
  succeed('MCP servers listed', {
    mcp_servers: items.map((server) => toView(server, principal)),
    page,
    limit: size,
    next: next ?? null,
  });
