import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import { findRequestHeaderProblem, MAX_REQUEST_HEADERS } from '../../../core/registry/request-headers.js';
import {
  DEFAULT_TIMEOUT_SECONDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_URL_LENGTH,
  type ServerTransport,
} from '../../../core/registry/server.js';
import { findUrlProblem } from '../../../core/registry/server-url.js';
import type { NewServer } from '../../../core/registry/servers.service.js';
import type { PageRequest } from '../../../platform/page.js';

export const TRANSPORTS = ['SSE', 'STREAMABLE_HTTP'] as const;

const BY_NAME = { SSE: 'sse', STREAMABLE_HTTP: 'streamable_http' } as const satisfies Record<
  (typeof TRANSPORTS)[number],
  ServerTransport
>;

const PAGE_SIZE = 50;

const requestHeaders = z
  .record(z.string(), z.string().trim())
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    const report = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', message, path });
    if (names.length > MAX_REQUEST_HEADERS) report(`must have at most ${MAX_REQUEST_HEADERS} headers`);
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length) report('must not name a header twice');
    for (const [name, value] of Object.entries(headers)) {
      const problem = findRequestHeaderProblem(name, value);
      if (problem) report(problem, [name]);
    }
  })
  .meta({ description: 'Go with every request to the server. They are shown again: no credentials here.' });

const config = z.strictObject({
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
  request_headers: requestHeaders.optional(),
  secret_token: z
    .strictObject({ secret_id: z.string().trim().min(1).max(200) })
    .optional()
    .meta({ description: 'Names a secret; it need not exist yet.' }),
});

export const McpServerCreate = z
  .strictObject({ config })
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

export const PageQuery = z
  .strictObject({
    page: z
      .string()
      .regex(/^[1-9]\d{0,6}$/, 'must be a number from 1')
      .transform(Number)
      .default(1)
      .meta({ description: `From 1; ${PAGE_SIZE} servers a page.` }),
  })
  .transform(({ page }): PageRequest => ({ page, size: PAGE_SIZE }));
