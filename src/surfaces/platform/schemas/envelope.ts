import { z } from 'zod';

/** Every good answer: what was asked for, and what there is to say about it. */
export const envelope = <Data extends z.ZodType, Meta extends z.ZodType>(data: Data, meta: Meta) =>
  z.object({ success: z.literal(true), data, meta });

export const NoMeta = z.object({});
export const MessageMeta = z.object({ message: z.string() });

export const succeed = <Data, Meta>(data: Data, meta: Meta) => ({ success: true as const, data, meta });
