import { z } from 'zod';
import { MAX_TITLE_LENGTH } from '../../../core/sessions/session.js';
import { idSchema } from '../../../platform/ids.js';
import { PAGE_SIZE, PageQuery } from './page.schemas.js';

const title = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TITLE_LENGTH)
  .regex(/^\P{Cc}+$/u, 'must be one line of text');

const model = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'Id of a model of `GET /models`, or its name where that is one model’s only.' });

export const SessionCreate = z
  .strictObject({ server_id: idSchema('mcp'), title: title.optional(), model: model.optional() })
  .meta({ id: 'SessionCreate' });

export const SessionChange = z
  .strictObject({
    title: title.optional(),
    model: model.nullable().optional().meta({ description: 'As above; null is the default model.' }),
  })
  .refine((change) => change.title !== undefined || change.model !== undefined, 'has neither title nor model')
  .meta({ id: 'SessionChange' });

export const SessionFork = z
  .strictObject({
    after_seq: z.int().min(1).optional().meta({ description: 'Number of an event.' }),
    message_id: z.string().min(1).max(100).optional(),
  })
  .refine((fork) => fork.after_seq === undefined || fork.message_id === undefined, 'has both after_seq and message_id')
  .meta({ id: 'SessionFork' })
  .default({});

export const SessionsQuery = z
  .strictObject({ server_id: idSchema('mcp').optional(), page: z.string().optional() })
  .transform(({ server_id, page }, context) => {
    const read = PageQuery.safeParse(page === undefined ? {} : { page });
    if (!read.success) context.addIssue({ code: 'custom', path: ['page'], message: 'must be a number from 1' });
    return { serverId: server_id, page: read.success ? read.data : { page: 1, size: PAGE_SIZE } };
  });

const number = (what: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be ${what}`)
    .transform(Number);

export const EventsQuery = z.strictObject({
  after: number('the number of an event').default(0),
  limit: number('1 to 500').pipe(z.int().min(1).max(500)).default(200),
});

export const EXPORT_FORMATS = ['json', 'markdown'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const ExportQuery = z.strictObject({ format: z.enum(EXPORT_FORMATS).default('json') });

export const DownloadQuery = z.strictObject({
  expires: number('a time').optional(),
  signature: z.string().max(100).optional(),
});

export const TicketCreate = z.strictObject({ server_id: idSchema('mcp') }).meta({ id: 'SocketTicketCreate' });
