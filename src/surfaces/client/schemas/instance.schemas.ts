import { z } from 'zod';

export const HealthView = z.object({ status: z.literal('ok'), ts: z.iso.datetime() }).meta({ id: 'Health' });

export const InstanceView = z
  .object({
    name: z.string(),
    version: z.string(),
    environment: z.enum(['development', 'production']),
    dev_mailbox: z.boolean().meta({ description: 'Whether mails are read at /dev/mailbox.' }),
    model: z.string().meta({ description: 'The language model in use.' }),
  })
  .meta({ id: 'Instance' });
