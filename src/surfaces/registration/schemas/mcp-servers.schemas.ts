import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import { RequestHeaders } from '../../../core/registry/request-headers.js';
import {
  DEFAULT_TIMEOUT_SECONDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_URL_LENGTH,
  type ServerTransport,
} from '../../../core/registry/server.js';
import { findUrlProblem } from '../../../core/registry/server-url.js';
import type { NewServer, ServerChange } from '../../../core/registry/servers.service.js';
import type { PageRequest } from '../../../platform/page.js';

export const TRANSPORTS = ['SSE', 'STREAMABLE_HTTP'] as const;

const BY_NAME = { SSE: 'sse', STREAMABLE_HTTP: 'streamable_http' } as const satisfies Record<
  (typeof TRANSPORTS)[number],
  ServerTransport
>;

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

const fields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(MAX_NAME_LENGTH)
    .refine((name) => !/\p{Cc}/u.test(name), 'must not have control characters'),
  url: z
    .string()
    .trim()
    .max(MAX_URL_LENGTH)
    .superRefine((url, context) => {
      const message = findUrlProblem(url);
      if (message) context.addIssue({ code: 'custom', message });
    }),
  description: z.string().trim().max(MAX_DESCRIPTION_LENGTH).optional(),
  approval_policy: z.enum(APPROVAL_POLICIES).optional(),
  transport: z.enum(TRANSPORTS).optional().meta({ description: 'Absent: Streamable HTTP, else HTTP+SSE.' }),
  request_headers: RequestHeaders.optional(),
  secret_token: z
    .strictObject({ secret_id: z.string().trim().min(1).max(200) })
    .optional()
    .meta({ description: 'Names a secret; it need not exist yet.' }),
};

export const McpServerCreate = z
  .strictObject({ config: z.strictObject(fields) })
  .transform(({ config: given }): NewServer => ({
    name: given.name,
    description: given.description,
    url: given.url,
    requestHeaders: given.request_headers,
    secretId: given.secret_token?.secret_id,
    transport: given.transport ? BY_NAME[given.transport] : 'auto',
    authMethod: 'none',
    timeout: DEFAULT_TIMEOUT_SECONDS,
    sslVerify: true,
    approvalPolicy: given.approval_policy,
  }))
  .meta({ id: 'McpServerCreate' });

export const McpServerUpdate = z
  .strictObject({
    config: z.strictObject({
      ...fields,
      name: fields.name.optional(),
      url: fields.url.optional(),
      description: fields.description.nullable(),
      secret_token: fields.secret_token.nullable(),
    }),
  })
  .transform(({ config: given }): ServerChange => ({
    name: given.name,
    description: given.description,
    url: given.url,
    requestHeaders: given.request_headers,
    secretId: given.secret_token === null ? null : given.secret_token?.secret_id,
    transport: given.transport && BY_NAME[given.transport],
    approvalPolicy: given.approval_policy,
  }))
  .meta({ id: 'McpServerUpdate', description: 'What is absent stays; null takes a description or a secret away.' });

const whole = (most: number, preset: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'must be a number from 1')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`)
    .default(preset);

export const PageQuery = z
  .strictObject({
    page: whole(1_000_000, 1).meta({ description: 'From 1.' }),
    limit: whole(MAX_PAGE_SIZE, PAGE_SIZE).meta({ description: `1 to ${MAX_PAGE_SIZE}.` }),
  })
  .transform(({ page, limit }): PageRequest => ({ page, size: limit }));
