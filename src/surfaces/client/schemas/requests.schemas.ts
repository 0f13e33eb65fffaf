import { z } from 'zod';
import { DOORS } from '../../../core/approvals/approval-request.js';
import { REQUEST_METHODS, REQUEST_STATUSES } from '../../../core/execution/request-log-row.js';
import type { LoggedRequest, LoggedRequestDetails, RequestPlace } from '../../../core/execution/requests.js';
import { PAGE_SIZE } from './page.schemas.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().min(1).max(200);

const PLACE = /^(\d{1,15})_(log_[0-9a-f]{32})$/;

const place = z
  .string()
  .regex(/^([1-9]\d{0,4}|\d{1,15}_log_[0-9a-f]{32})$/, 'must be a number from 1, or the last "next"')
  .optional()
  .meta({ description: 'A number from 1, or `next` of the answer before, which costs the same however far it is.' });

export const RequestsQuery = z
  .strictObject({
    page: place,
    server_id: text.optional().meta({ description: '`mcp_…`; or `svc_…`, all servers that came of it.' }),
    tool: text.optional(),
    status: z
      .enum([...REQUEST_STATUSES, 'success', 'error'])
      .optional()
      .meta({ description: '`error`: all whose status_code is 400 or more; `success`: all others.' }),
    door: z.enum(DOORS).optional(),
    actor: text.optional().meta({ description: 'The id of whoever asked.' }),
    from: instant.optional().meta({ description: 'From then on.' }),
    to: instant.optional().meta({ description: 'Before then.' }),
    q: text.optional().meta({ description: 'In the names of tool, server and user, in the error; or a whole id.' }),
  })
  .transform(({ page, server_id, actor, q, ...filter }) => ({
    filter: { ...filter, serverId: server_id, actorId: actor, search: q },
    page: toPlace(page),
  }));

const RequestView = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    server: z.object({ id: z.string(), name: z.string() }).meta({ description: 'By the name of that time.' }),
    tool: z.string().meta({ description: 'Of resources/read: the URI.' }),
    method: z.enum(REQUEST_METHODS),
    status: z.enum(REQUEST_STATUSES),
    status_code: z.int().meta({ description: 'HTTP, whichever door it came by; 202: it waits for an approval.' }),
    error_code: z.string().nullable(),
    duration_ms: z.int(),
    door: z.enum(DOORS),
    via: z.string().nullable().meta({ description: 'How the caller proved who they are.' }),
    actor: z.object({ user_id: z.string(), username: z.string() }).nullable(),
    credential: z
      .object({ id: z.string(), name: z.string().nullable().meta({ description: 'Of a key; a sign-in has none.' }) })
      .nullable(),
    session_id: z.string().nullable(),
    plan_id: z.string().nullable(),
    node_id: z.string().nullable(),
    approval_id: z.string().nullable(),
    rule: z.string().nullable().meta({ description: 'What decided that it ran, waits or was refused.' }),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    request_bytes: z.int(),
    response_bytes: z.int(),
    artifacts: z.int().meta({ description: 'How many files it made.' }),
  })
  .meta({ id: 'LoggedRequest' });

export const RequestListView = z
  .object({
    requests: z.array(RequestView),
    next: z.string().optional().meta({
      description: 'There may be more, even behind a page with few or none: it looks at the newest lines first.',
    }),
  })
  .meta({ id: 'LoggedRequestList' });

const body = z.unknown().meta({ description: 'Without secrets; null where the settings keep none.' });

export const RequestDetailsView = RequestView.extend({
  request: body,
  response: body,
  truncated: z.boolean().meta({ description: 'Some of request or response was left out for its size.' }),
  error_message: z.string().nullable(),
}).meta({ id: 'LoggedRequestDetails' });

function toPlace(page = '1'): { page?: number; after?: RequestPlace; size: number } {
  const [, at, id] = PLACE.exec(page) ?? [];
  if (at === undefined || id === undefined) return { page: Number(page), size: PAGE_SIZE };
  return { after: { at: new Date(Number(at)), id }, size: PAGE_SIZE };
}

export const toRequestListView = (found: {
  items: readonly LoggedRequest[];
  next?: RequestPlace;
}): z.infer<typeof RequestListView> => ({
  requests: found.items.map(toView),
  ...(found.next && { next: `${found.next.at.getTime()}_${found.next.id}` }),
});

export const toRequestDetailsView = (found: LoggedRequestDetails): z.infer<typeof RequestDetailsView> => ({
  ...toView(found),
  request: found.request,
  response: found.response,
  truncated: found.truncated,
  error_message: found.errorMessage,
});

const toView = (found: LoggedRequest): z.infer<typeof RequestView> => ({
  id: found.id,
  at: found.at.toISOString(),
  server: { id: found.server.id, name: found.server.name },
  tool: found.tool,
  method: found.method,
  status: found.status,
  status_code: found.statusCode,
  error_code: found.errorCode,
  duration_ms: found.durationMs,
  door: found.door,
  via: found.via,
  actor: found.actor && { user_id: found.actor.id, username: found.actor.name },
  credential: found.credential && { id: found.credential.id, name: found.credential.name },
  session_id: found.sessionId,
  plan_id: found.planId,
  node_id: found.nodeId,
  approval_id: found.approvalId,
  rule: found.rule,
  ip: found.ip,
  user_agent: found.userAgent,
  request_id: found.requestId,
  request_bytes: found.requestBytes,
  response_bytes: found.responseBytes,
  artifacts: found.artifacts,
});
