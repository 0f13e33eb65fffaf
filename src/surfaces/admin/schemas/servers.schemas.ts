import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import { ACCESS_LEVELS, type VisibleServer } from '../../../core/registry/access.js';
import { findHeaderProblem, findSchemeProblem, findSecretProblem } from '../../../core/registry/credentials.js';
import { OAuthBody, OAuthView, toOAuthView } from '../../../core/registry/oauth-input.js';
import { RequestHeaders } from '../../../core/registry/request-headers.js';
import {
  AUTH_METHODS,
  CHOSEN_TRANSPORTS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TIMEOUT_SECONDS,
  MAX_URL_LENGTH,
  SERVER_STATUSES,
  SERVER_TRANSPORTS,
} from '../../../core/registry/server.js';
import { findUrlProblem } from '../../../core/registry/server-url.js';
import type { NewServer, ServerChange } from '../../../core/registry/servers.service.js';
import type { PageRequest } from '../../../platform/page.js';
import { pageOf, paginate } from './pagination.js';

/** Text that has to pass a rule of the core. */
const text = (findProblem: (value: string) => string | undefined) =>
  z
    .string()
    .trim()
    .superRefine((value, context) => {
      const message = findProblem(value);
      if (message) context.addIssue({ code: 'custom', message });
    });

const fields = {
  name: text((name) => (/\p{Cc}/u.test(name) ? 'must not have control characters' : undefined))
    .min(1)
    .max(MAX_NAME_LENGTH),
  url: text(findUrlProblem).max(MAX_URL_LENGTH),
  description: z.string().trim().max(MAX_DESCRIPTION_LENGTH).nullable(),
  transport: z.enum(CHOSEN_TRANSPORTS).meta({ description: 'auto: Streamable HTTP, else HTTP+SSE.' }),
  approval_policy: z.enum(APPROVAL_POLICIES),
  request_headers: RequestHeaders,
  auth_method: z.enum(AUTH_METHODS),
  credentials: z
    .strictObject({
      api_key: text(findSecretProblem).optional(),
      header: text(findHeaderProblem).optional(),
      scheme: text(findSchemeProblem).optional(),
      access_token: text(findSecretProblem).optional(),
    })
    .meta({ writeOnly: true, description: 'Stored encrypted and never told.' }),
  oauth: OAuthBody,
  timeout: z.int().min(1).max(MAX_TIMEOUT_SECONDS).meta({ description: 'Seconds.' }),
  ssl_verify: z.boolean(),
};

const toCredentials = (given: z.infer<(typeof fields)['credentials']> | undefined) =>
  given && { apiKey: given.api_key, header: given.header, scheme: given.scheme, accessToken: given.access_token };

export const ServerCreate = z
  .strictObject({
    ...fields,
    description: fields.description.optional(),
    transport: fields.transport.default('auto'),
    approval_policy: fields.approval_policy.optional(),
    request_headers: fields.request_headers.optional(),
    auth_method: fields.auth_method.default('none'),
    credentials: fields.credentials.optional(),
    timeout: fields.timeout.default(DEFAULT_TIMEOUT_SECONDS),
    ssl_verify: fields.ssl_verify.default(true),
  })
  .transform((body): NewServer => ({
    name: body.name,
    url: body.url,
    description: body.description ?? undefined,
    transport: body.transport,
    approvalPolicy: body.approval_policy,
    requestHeaders: body.request_headers,
    authMethod: body.auth_method,
    credentials: toCredentials(body.credentials),
    oauth: body.oauth,
    timeout: body.timeout,
    sslVerify: body.ssl_verify,
  }))
  .meta({ id: 'ServerCreate' });

export const ServerUpdate = z
  .strictObject(fields)
  .partial()
  .transform((body): ServerChange => ({
    name: body.name,
    url: body.url,
    description: body.description,
    transport: body.transport,
    approvalPolicy: body.approval_policy,
    requestHeaders: body.request_headers,
    authMethod: body.auth_method,
    credentials: toCredentials(body.credentials),
    oauth: body.oauth,
    timeout: body.timeout,
    sslVerify: body.ssl_verify,
  }))
  .meta({ id: 'ServerUpdate', description: 'What is absent stays.' });

export const AllowedHost = z
  .strictObject({ host: z.string().trim().min(1).max(253), port: z.int().min(1).max(65_535).optional() })
  .meta({ id: 'AllowedHost' });

export const ServerView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    url: z.string(),
    transport: z.enum(SERVER_TRANSPORTS),
    status: z.enum(SERVER_STATUSES).meta({ description: '`offline` until it was checked.' }),
    status_reason: z.string().nullable(),
    approval_policy: z.enum(APPROVAL_POLICIES),
    request_headers: z.record(z.string(), z.string()),
    auth_method: z.enum(AUTH_METHODS),
    credentials_set: z.boolean(),
    oauth: OAuthView,
    timeout: z.int(),
    ssl_verify: z.boolean(),
    tool_count: z.int().nullable(),
    service_id: z.string().nullable(),
    level: z.enum(ACCESS_LEVELS).meta({ description: 'What you may do with it.' }),
    last_checked_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Server' });

export const ServerListView = pageOf(ServerView).meta({ id: 'ServerList' });

export const ServerDeletedView = z.object({ message: z.string() }).meta({ id: 'ServerDeleted' });

export const toServerView = (server: VisibleServer): z.infer<typeof ServerView> => ({
  id: server.id,
  name: server.name,
  description: server.description,
  url: server.url,
  transport: server.transport,
  status: server.status,
  status_reason: server.statusReason,
  approval_policy: server.approvalPolicy,
  request_headers: { ...server.requestHeaders },
  auth_method: server.authMethod,
  credentials_set: server.credentials !== null,
  oauth: toOAuthView(server.oauth),
  timeout: server.timeout,
  ssl_verify: server.sslVerify,
  tool_count: server.toolCount,
  service_id: server.serviceId,
  level: server.level,
  last_checked_at: server.lastCheckedAt?.toISOString() ?? null,
  created_at: server.createdAt.toISOString(),
  updated_at: server.updatedAt.toISOString(),
});

export const toServerListView = (
  page: PageRequest,
  found: { items: readonly VisibleServer[]; total: number },
): z.infer<typeof ServerListView> => paginate(page, found.items.map(toServerView), found.total);
