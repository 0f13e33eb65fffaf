import { z } from 'zod';
import type { PageRequest } from '../../../platform/page.js';

const MAX_LIMIT = 100;

const whole = (greatest: number, preset: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((value) => value <= greatest, `must be at most ${greatest}`)
    .default(preset);

export const PaginationQuery = z
  .strictObject({
    page: whole(1_000_000, 1).meta({ description: 'From 1.' }),
    limit: whole(MAX_LIMIT, 20).meta({ description: 'A page has so many at most; 1 to 100.' }),
  })
  .transform(({ page, limit }): PageRequest => ({ page, size: limit }));

export const Pagination = z.object({ total: z.int(), page: z.int(), limit: z.int(), pages: z.int() });
export const PaginationMeta = z.object({ pagination: Pagination });

/** @param total on all pages */
export const paginate = ({ page, size }: PageRequest, total: number): z.infer<typeof PaginationMeta> => ({
  pagination: { total, page, limit: size, pages: Math.ceil(total / size) },
});
