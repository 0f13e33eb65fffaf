import type { StandardSchemaV1 } from '@modelcontextprotocol/client';

export type RawResult = Record<string, unknown>;

/**
 * Takes any object as it is. The SDK's own schemas would drop fields that they do not know and refuse a whole list for
 * one odd tool; what a definition means is for those who pin and compile it.
 */
export const rawResult: StandardSchemaV1<unknown, RawResult> = {
  '~standard': {
    version: 1,
    vendor: 'switchyard',
    validate: (value) => (isObject(value) ? { value } : { issues: [{ message: 'not an object' }] }),
  },
};

export const isObject = (value: unknown): value is RawResult =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
