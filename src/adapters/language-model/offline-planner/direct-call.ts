import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { coerce, coerceArguments, parseJson } from './coerce.js';
import { isRecord, readSchema } from './schema.js';
import { readClause } from './text-values.js';
import { ToolIndex } from './tool-index.js';
import { editDistance, sameName } from './words.js';

export type DirectCall =
  | { kind: 'call'; tool: ModelTool; arguments: Record<string, unknown>; missing: string[] }
  | { kind: 'unknown'; name: string; near: ModelTool[] }
  | { kind: 'malformed'; tool: ModelTool | undefined; why: string };

const MOST_NEAR = 3;

/**
 * Reads `/call tool {json}`, `/call tool key=value` and, without the slash, `tool {json}` and `tool key=value`.
 * @returns undefined when the text is no such thing
 */
export function readDirectCall(text: string, tools: readonly ModelTool[]): DirectCall | undefined {
  const slash = /^\/call\b\s*/i.exec(text);
  const [, name = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text.slice(slash?.[0].length ?? 0)) ?? [];
  if (slash && name === '') return { kind: 'malformed', tool: undefined, why: 'it names no tool' };
  const tool = findTool(name, tools);
  if (!slash && !hasArgumentsOnly(rest) && !(tool && rest === '' && name === tool.name)) return undefined;
  if (!tool) return { kind: 'unknown', name, near: nearest(name, tools) };
  const args = readArguments(rest.trim(), tool);
  if (args === undefined)
    return { kind: 'malformed', tool, why: 'its arguments are neither a JSON object nor key=value pairs' };
  const { required } = readSchema(tool.inputSchema, tool.inputSchema);
  const missing = [...required].filter((one) => !Object.hasOwn(args, one));
  // A bare name may still be planned as words, where what it needs can come from other tools.
  if (!slash && rest === '' && missing.length > 0) return undefined;
  return { kind: 'call', tool, arguments: args, missing };
}

/** By its own name, with its server's name before it, or in another spelling of the same words. */
function findTool(name: string, tools: readonly ModelTool[]): ModelTool | undefined {
  return (
    tools.find((tool) => tool.name === name) ??
    tools.find((tool) => `${tool.serverName}/${tool.name}` === name) ??
    tools.find((tool) => sameName(tool.name, name))
  );
}

function nearest(name: string, tools: readonly ModelTool[]): ModelTool[] {
  const short = name.toLowerCase().slice(0, 64);
  const close = tools
    .map((tool) => ({ tool, distance: editDistance(short, tool.name.toLowerCase().slice(0, 64)) }))
    .filter(({ distance }) => distance <= Math.max(2, short.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .map(({ tool }) => tool);
  const alike = new ToolIndex(tools).rank(name).map(({ tool }) => tool);
  return [...new Set([...close, ...alike])].slice(0, MOST_NEAR);
}

function hasArgumentsOnly(rest: string): boolean {
  if (rest.trim() === '') return false;
  if (parseJson(rest, isRecord)) return true;
  return withoutPairs(rest) === '';
}

function readArguments(rest: string, tool: ModelTool): Record<string, unknown> | undefined {
  if (rest === '') return {};
  const object = parseJson(rest, isRecord);
  if (object) return coerceArguments(object, tool.inputSchema);
  if (withoutPairs(rest) !== '') return undefined;
  const { properties } = readSchema(tool.inputSchema, tool.inputSchema);
  const pairs = readClause(rest).found.filter(({ kind }) => kind === 'pair');
  return Object.fromEntries(
    pairs.map(({ key = '', text }) => {
      const name = [...properties.keys()].find((one) => one === key || sameName(one, key)) ?? key;
      return [name, coerce(text, properties.get(name), tool.inputSchema)];
    }),
  );
}

/** What remains of a text without its `key=value` pairs. */
function withoutPairs(text: string): string {
  let rest = text;
  for (const { kind, start, end } of [...readClause(text).found].reverse()) {
    if (kind === 'pair') rest = rest.slice(0, start) + rest.slice(end);
  }
  return rest.trim();
}
