import { z } from 'zod';

export const HealthView = z.object({ status: z.literal('ok'), ts: z.iso.datetime() }).meta({ id: 'Health' });

export const InstanceView = z
  .object({
    name: z.string(),
    version: z.string(),
    environment: z.enum(['development', 'production']),
    dev_mailbox: z.boolean().meta({ description: 'Whether mails are read at /dev/mailbox.' }),
    model: z.string().meta({ description: 'The language model in use.' }),
    claimed: z.boolean().meta({ description: 'Whether the instance has an administrator.' }),
    claim_needs_code: z.boolean().meta({
      description: 'Whether a claim from where the caller is takes the code that the instance printed.',
    }),
  })
  .meta({ id: 'Instance' });

export const InstanceClaim = z
  .strictObject({
    claim_code: z.string().optional().meta({ description: 'As the instance printed it when it started.' }),
  })
  .meta({ id: 'InstanceClaim' });

export const InstanceClaimedView = z.object({ status: z.literal('claimed') }).meta({ id: 'InstanceClaimed' });
