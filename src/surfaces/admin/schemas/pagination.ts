import { z } from 'zod';
import type { PageRequest } from '../../../platform/page.js';

const MAX_PAGE_SIZE = 100;

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
    page_size: whole(MAX_PAGE_SIZE, 50).meta({ description: '1 to 100.' }),
  })
  .transform(({ page, page_size }): PageRequest => ({ page, size: page_size }));

/** The form of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), total: z.int(), page: z.int(), page_size: z.int(), pages: z.int() });

/** @param total on all pages */
export const paginate = <Item>({ page, size }: PageRequest, items: Item[], total: number) => ({
  items,
  total,
  page,
  page_size: size,
  pages: Math.ceil(total / size),
});
