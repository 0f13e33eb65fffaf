import { ProtocolError } from '@modelcontextprotocol/client';
import { isObject, type RawResult } from './raw-result.js';
import type { Protocol } from './target.js';
import { UpstreamError } from './upstream-error.js';

const HEADER_MISMATCH = -32020;

/** The keyword by which a tool asks for an argument in a header (protocol 2026-07-28, Streamable HTTP). */
const KEYWORD = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES = new Set(['string', 'integer', 'boolean']);

interface Declaration {
  path: readonly string[];
  header: string;
}

const known = new WeakMap<object, readonly Declaration[] | undefined>();

/**
 * Where a schema asks for headers; undefined when it breaks a rule, which makes the tool one that must not be used:
 * reachable by `properties` alone, primitive, a token, and unique without regard to case.
 */
export function headerDeclarations(inputSchema: unknown): readonly Declaration[] | undefined {
  if (!isObject(inputSchema)) return [];
  if (!known.has(inputSchema)) known.set(inputSchema, declarationsIn(inputSchema));
  return known.get(inputSchema);
}

function declarationsIn(inputSchema: RawResult): readonly Declaration[] | undefined {
  const found: Declaration[] = [];
  collect(inputSchema, [], found);
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  const everywhere = count(inputSchema);
  return names.size === found.length && found.length === everywhere ? found : undefined;
}

export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** What a call repeats of its arguments; a legacy server asks for nothing of that kind. */
export const headersOfCall = (
  era: Protocol['era'],
  inputSchema: unknown,
  args: unknown,
): Readonly<Record<string, string>> =>
  era === 'modern' && inputSchema !== undefined ? paramHeaders(inputSchema, args) : NO_HEADERS;

/** The server compares headers before it does anything else, so the call may be repeated with the right ones. */
export const isHeaderMismatch = (error: unknown): boolean =>
  error instanceof UpstreamError
    ? error.rpc?.code === HEADER_MISMATCH
    : error instanceof ProtocolError && error.code === HEADER_MISMATCH;

/** `Mcp-Param-*` headers of one call; arguments that are absent or not primitive have none. */
export function paramHeaders(inputSchema: unknown, args: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { path, header } of headerDeclarations(inputSchema) ?? []) {
    const value = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), args);
    const sendable = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
    if (sendable) headers[`Mcp-Param-${header}`] = encodeHeader(String(value));
  }
  return headers;
}

function collect(schema: unknown, path: readonly string[], found: Declaration[]): void {
  if (!isObject(schema)) return;
  const header = schema[KEYWORD];
  const valid = typeof header === 'string' && TOKEN.test(header) && TYPES.has(String(schema.type)) && path.length > 0;
  if (valid) found.push({ path, header });
  if (!isObject(schema.properties)) return;
  for (const [name, child] of Object.entries(schema.properties)) collect(child, [...path, name], found);
}

/** How often the keyword occurs at all; `properties` named like it are not it. */
function count(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, one) => sum + count(one), 0);
  if (!isObject(node)) return 0;
  let sum = KEYWORD in node ? 1 : 0;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'const' || key === 'enum' || key === 'default' || key === 'examples' || key === KEYWORD) continue;
    const isMap = (key === 'properties' || key === '$defs') && isObject(child);
    sum += isMap ? count(Object.values(child)) : count(child);
  }
  return sum;
}

/** Plain visible ASCII as it is; anything else in the base64 form of the specification. */
export function encodeHeader(value: string): string {
  const plain = /^[\x20-\x7e\t]+$/.test(value) && value === value.trim() && !/^=\?base64\?.*\?=$/.test(value);
  return plain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}
