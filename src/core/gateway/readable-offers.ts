import type { RawResult } from '@app/mcp-client';
import { isObject, type JsonObject } from '@app/mcp-gateway';
import { z } from 'zod';
import type { ToolExtras } from '../registry/tool-definition.js';

/*
 * Clients refuse a whole list for one member of the wrong kind. What a careless server says is so left out, member by member, and
 * the rest is told as it is: otherwise one server would keep a client from all the others.
 */

export type Offered = 'resources' | 'resourceTemplates' | 'prompts';

const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const text = maybe(z.string());

const Icon = z.looseObject({
  src: z.string(),
  mimeType: text,
  sizes: maybe(z.array(z.string())),
  theme: maybe(z.enum(['light', 'dark'])),
});
const icons = maybe(z.array(Icon));
const _meta = maybe(z.looseObject({}));
const annotations = maybe(
  z.looseObject({
    audience: maybe(z.array(z.enum(['user', 'assistant']))),
    priority: maybe(z.number().min(0).max(1)),
    lastModified: maybe(z.iso.datetime({ offset: true })),
  }),
);
const Named = { name: z.string(), title: text, description: text, icons, _meta };

const OFFERS: Record<Offered, z.ZodType<RawResult>> = {
  resources: z.looseObject({ ...Named, annotations, uri: z.string(), mimeType: text, size: maybe(z.number()) }),
  resourceTemplates: z.looseObject({ ...Named, annotations, uriTemplate: z.string(), mimeType: text }),
  prompts: z.looseObject({
    ...Named,
    arguments: maybe(
      z.array(z.looseObject({ name: z.string(), title: text, description: text, required: maybe(z.boolean()) })),
    ),
  }),
};

const Extras = z.looseObject({
  icons,
  _meta,
  execution: maybe(z.looseObject({ taskSupport: maybe(z.enum(['required', 'optional', 'forbidden'])) })),
});

/** Those that have a name and an address. */
export const readableOffers = (what: Offered, items: readonly RawResult[]): RawResult[] =>
  items.flatMap((item) => {
    const { data } = OFFERS[what].safeParse(item);
    return data ? [data] : [];
  });

export const readableExtras = (extras: ToolExtras | null): ToolExtras => (extras ? Extras.parse(extras) : {});

/** The schema of an object: of arguments always, of answers where it says so. */
export function readableObjectSchema(schema: JsonObject): JsonObject {
  const { $schema, properties, required, type, ...rest } = schema;
  const isReadable =
    type === 'object' &&
    isTextOrNothing($schema) &&
    (properties === undefined || (isObject(properties) && Object.values(properties).every(isObject))) &&
    (required === undefined || isTexts(required));
  if (isReadable) return schema;
  return {
    ...(typeof $schema === 'string' && { $schema }),
    type: 'object',
    ...(isObject(properties) && { properties: readableProperties(properties) }),
    ...(isTexts(required) && { required }),
    ...rest,
  };
}

/** Of an answer, which since 2026-07-28 need not be an object. */
export function readableOutputSchema(schema: JsonObject): JsonObject {
  if (schema.type === 'object') return readableObjectSchema(schema);
  const { $schema, ...rest } = schema;
  return isTextOrNothing($schema) ? schema : rest;
}

/** `true` and `false` are schemas, too, but many clients know objects only. */
const readableProperties = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      isObject(schema) ? schema : schema === false ? { not: {} } : {},
    ]),
  );

const isTextOrNothing = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');
