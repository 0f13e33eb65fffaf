import type { JsonObject } from '@app/mcp-gateway';

const NAME = /(?:^|\/)idempotency[-_]?key$/i;
const FORM = /^[\x21-\x7e]{1,255}$/;

/** Of a request's `_meta`, with or without a prefix before its name; undefined where there is none that could be one. */
export function idempotencyKeyOf(meta: JsonObject): string | undefined {
  for (const name in meta) {
    const value = meta[name];
    if (typeof value === 'string' && NAME.test(name) && FORM.test(value)) return value;
  }
  return undefined;
}
