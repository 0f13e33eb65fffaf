import { z } from 'zod';
import type { Page, PageRequest } from '../../../platform/page.js';

export const PAGE_SIZE = 50;

export const page = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a number from 1, or the last "next"')
  .transform(Number)
  .default(1)
  .meta({ description: 'A number from 1, or `next` of the answer before.' });

/** Lists have 50 entries a page, by creation. */
export const PageQuery = z
  .strictObject({ page })
  .transform(({ page: number }): PageRequest => ({ page: number, size: PAGE_SIZE }));

/** `next` as the document has it: text, absent at the end. */
export const toNext = ({ next }: Page<unknown>): { next?: string } =>
  next === undefined ? {} : { next: String(next) };
