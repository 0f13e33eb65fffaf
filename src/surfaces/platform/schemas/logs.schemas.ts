import { z } from 'zod';
import type { LoggedRequest, LoggedRequestDetails } from '../../../core/execution/requests.js';
import { MOST_COUNTED } from '../../../core/execution/requests.js';
import { FIRST_ERROR_STATUS } from '../../../core/execution/request-log-row.js';
import { keptValueOf } from '../../../core/execution/tool-value.js';
import type { PageRequest } from '../../../platform/page.js';
import { envelope, NoMeta, succeed } from './envelope.js';
import { paginate, Pagination, PaginationQuery } from './pagination.js';

const A_DAY_MS = 86_400_000;
const instant = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ local: true }), z.iso.date()], {
  error: 'must be a date or a time in ISO 8601',
});
/** What names no zone is UTC. */
const toDate = (text: string): Date =>
  new Date(/T/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text);

export const LogsQuery = z
  .strictObject({
    ...PaginationQuery.in.shape,
    serviceId: z.string().min(1).max(200).optional(),
    status: z.enum(['success', 'error']).optional(),
    startDate: instant
      .optional()
      .transform((text) => text && toDate(text))
      .meta({ description: 'From then on; of a date: from its begin, UTC.' }),
    endDate: instant
      .optional()
      // The last millisecond is meant, too.
      .transform((text) => text && new Date(toDate(text).getTime() + (text.includes('T') ? 1 : A_DAY_MS)))
      .meta({ description: 'Until then; of a date: until its end, UTC.' }),
  })
  .transform(({ page, limit, serviceId, status, startDate, endDate }) => ({
    filter: { serverId: serviceId, status, from: startDate || undefined, to: endDate || undefined },
    page: { page, size: limit },
  }));

const logFields = {
  id: z.string(),
  serviceId: z.string().meta({ description: 'The service; of a server that came of none, the server.' }),
  serviceName: z.string(),
  operation: z.string().meta({ description: 'The tool, or the URI of the resource.' }),
  status: z.enum(['success', 'error']),
  statusCode: z.int().meta({ description: '202: it waits for an approval.' }),
  durationMs: z.int(),
  createdAt: z.iso.datetime(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
};
const log = z.object(logFields).meta({ id: 'RequestLog' });

const CountedMeta = z.object({
  pagination: Pagination.extend({
    more: z
      .literal(true)
      .optional()
      .meta({
        description: `There may be more than total: at most ${MOST_COUNTED} are counted. Narrow the dates to see those.`,
      }),
  }),
});

export const LogListView = envelope(z.object({ logs: z.array(log) }), CountedMeta).meta({ id: 'RequestLogList' });

const details = z
  .object({
    ...logFields,
    request: z
      .object({ serviceId: z.string(), toolName: z.string(), parameters: z.unknown() })
      .meta({ description: 'Without secrets, and cut where it was large; parameters are null where none are kept.' }),
    response: z
      .object({ result: z.unknown(), executionTime: z.number().meta({ description: 'Seconds.' }) })
      .meta({ description: 'The same; result is null where there was none, or none is kept.' }),
    error: z.object({ code: z.string(), message: z.string().nullable() }).nullable(),
    truncated: z.boolean(),
  })
  .meta({ id: 'RequestLogDetails' });

export const LogDetailsView = envelope(z.object({ log: details }), NoMeta).meta({ id: 'OneRequestLog' });

export const toLogListView = (
  page: PageRequest,
  { items, total, more }: { items: readonly LoggedRequest[]; total: number; more: boolean },
): z.infer<typeof LogListView> => {
  const { pagination } = paginate(page, total);
  return succeed({ logs: items.map(toLog) }, { pagination: { ...pagination, ...(more && { more }) } });
};

export const toLogDetailsView = (found: LoggedRequestDetails): z.infer<typeof LogDetailsView> => {
  const { serviceId, ...rest } = toLog(found);
  return succeed(
    {
      log: {
        serviceId,
        ...rest,
        request: { serviceId, toolName: found.tool, parameters: found.request },
        response: { result: keptValueOf(found.response), executionTime: found.durationMs / 1_000 },
        error: found.errorCode === null ? null : { code: found.errorCode, message: found.errorMessage },
        truncated: found.truncated,
      },
    },
    {},
  );
};

const toLog = (found: LoggedRequest): z.infer<typeof log> => ({
  id: found.id,
  serviceId: found.serviceId ?? found.server.id,
  serviceName: found.server.name,
  operation: found.tool,
  status: found.statusCode < FIRST_ERROR_STATUS ? 'success' : 'error',
  statusCode: found.statusCode,
  durationMs: found.durationMs,
  createdAt: found.at.toISOString(),
  ipAddress: found.ip,
  userAgent: found.userAgent,
});
