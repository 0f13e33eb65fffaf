import { type ModelTool } from '../../../core/agent/language-model.port.js';
import { shorten, showInvisible } from './visible-text.js';

export const MAX_DESCRIPTION = 4_000;
const MAX_DEPTH = 64;

/** Descriptions inside a schema are words from outside too; names, enums and constants stay as they are. */
function showInvisibleInSchema(schema: unknown, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item) => showInvisibleInSchema(item, depth + 1));
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      (key === 'description' || key === 'title') && typeof value === 'string'
        ? [key, shorten(showInvisible(value), MAX_DESCRIPTION)]
        : [key, showInvisibleInSchema(value, depth + 1)],
    ),
  );
}

/** A tool's input schema as it is declared to a model: JSON Schema without `$schema`, always of an object. */
export function declareParameters({
  inputSchema: { $schema: _dialect, ...schema },
}: ModelTool): Record<string, unknown> {
  return showInvisibleInSchema({ ...schema, type: 'object' }) as Record<string, unknown>;
}

export type ReadArguments = { ok: true; arguments: Record<string, unknown> } | { ok: false; problems: string[] };

/** What a model sent for a tool, as the tool's own schema takes it; or what is wrong, in words for the model. */
export function readArguments(_tool: ModelTool, given: unknown): ReadArguments {
  const value = given === undefined ? {} : readObject(given);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, problems: ['the arguments are not a JSON object'] };
  return { ok: true, arguments: value as Record<string, unknown> };
}

/** Some models send free-form objects as a string of JSON. */
function readObject(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
