import { isObject, type JsonObject } from '../json/json.js';

/** An argument that travels in the header `Mcp-Param-{header}` too. */
export interface ParamHeader {
  /** In lower case, with its prefix, as node:http names it. */
  header: string;
  path: readonly string[];
}

/** The keyword by which a tool asks for it (protocol 2026-07-28, Streamable HTTP, Schema Extension). */
const KEYWORD = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES = new Set<unknown>(['string', 'integer', 'boolean']);
/** Deeper, nobody would have read the schema. */
const MAX_DEPTH = 32;

/** What a tool's input schema asks for; that which breaks the rules is passed over, as its clients have no tool then. */
export function readParamHeaders(inputSchema: unknown): readonly ParamHeader[] {
  const found: ParamHeader[] = [];
  if (isObject(inputSchema)) collect(inputSchema, [], found);
  return found;
}

function collect(schema: JsonObject, path: readonly string[], found: ParamHeader[]): void {
  if (!isObject(schema.properties) || path.length >= MAX_DEPTH) return;
  for (const [name, child] of Object.entries(schema.properties)) {
    if (!isObject(child)) continue;
    const header = child[KEYWORD];
    const here = [...path, name];
    if (typeof header === 'string' && TOKEN.test(header) && TYPES.has(child.type)) {
      found.push({ header: `mcp-param-${header.toLowerCase()}`, path: here });
    }
    collect(child, here, found);
  }
}
