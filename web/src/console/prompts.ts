import { isRecord } from '@app/session-protocol/client';
import type { Tool } from '../api/types.js';

const DEMO = ["Make a report of this week's signups", 'Analyze the latest user signups'];
const MAX = 3;

/** Things to say that this server can do something with: its reading tools, by name, as far as nothing is missing. */
export function promptsFrom(tools: Tool[], demo: boolean): string[] {
  const own = tools.filter((tool) => tool.read_only).flatMap((tool) => imperative(tool) ?? []);
  return [...new Set(demo ? [...DEMO, ...own] : own)].slice(0, MAX);
}

function imperative({ name, title, input_schema: schema }: Tool): string | undefined {
  const words = sentence(title == null || title === '' ? name : title);
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : [];
  if (required.length === 0) return words;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const only = properties[String(required[0])];
  // Free text is the one argument that a stranger can fill in.
  const fillable = required.length === 1 && isRecord(only) && only.type === 'string' && !('enum' in only);
  return fillable && !('format' in only) ? `${words} "hello"` : undefined;
}

/** `listNotes`, `list_notes` and `notes.list` as words. */
function sentence(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_.\-/]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
