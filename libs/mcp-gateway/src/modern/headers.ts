import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../http/request-head.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { RequestMessage } from '../json/message.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import type { ParamHeader } from './param-headers.js';

/** The parameter that `Mcp-Name` repeats, and whether it has to (protocol 2026-07-28, and SEP-2663 for tasks). */
const NAMED_BY: Readonly<Record<string, { field: string; isRequired: boolean }>> = {
  'tools/call': { field: 'name', isRequired: true },
  'prompts/get': { field: 'name', isRequired: true },
  'resources/read': { field: 'uri', isRequired: true },
  'tasks/get': { field: 'taskId', isRequired: false },
  'tasks/update': { field: 'taskId', isRequired: false },
  'tasks/cancel': { field: 'taskId', isRequired: false },
};

/** As JSON writes it (RFC 8259, 6). */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const ENCODED = /^=\?base64\?(.*)\?=$/;
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const mismatch = (message: string): ProtocolError =>
  new ProtocolError(CODES.headerMismatch, `Header mismatch: ${message}`, { status: 400 });

/** @throws ProtocolError where headers and body tell different things */
export function checkHeaders(headers: IncomingHttpHeaders, version: string, { method, params }: RequestMessage): void {
  const claimed = headerOf(headers, 'mcp-protocol-version');
  if (claimed === undefined) throw mismatch('the MCP-Protocol-Version header is missing');
  if (claimed !== version) throw mismatch('the MCP-Protocol-Version header does not match the body');
  const named = headerOf(headers, 'mcp-method');
  if (named === undefined) throw mismatch('the Mcp-Method header is missing');
  if (named !== method) throw mismatch('the Mcp-Method header does not match the body');
  checkName(headers, method, params);
}

function checkName(headers: IncomingHttpHeaders, method: string, params: JsonObject): void {
  const rule = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  const value = rule && params[rule.field];
  if (!rule || typeof value !== 'string') return;
  const header = headerOf(headers, 'mcp-name');
  if (header === undefined && !rule.isRequired) return;
  if (header === undefined) throw mismatch('the Mcp-Name header is missing');
  if (decodeHeader(header) !== value) throw mismatch('the Mcp-Name header does not match the body');
}

/** @throws ProtocolError where the arguments of a tool and the headers that repeat them differ */
export function checkParamHeaders(headers: IncomingHttpHeaders, rules: readonly ParamHeader[], args: unknown): void {
  for (const { header, path } of rules) {
    const value = path.reduce<unknown>(
      (node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined),
      args,
    );
    const claimed = headers[header];
    if (value === undefined || value === null) {
      if (claimed !== undefined) throw mismatch(`the ${header} header has no value in the body`);
      continue;
    }
    if (typeof claimed !== 'string') throw mismatch(`the ${header} header is missing`);
    if (!isSame(decodeHeader(claimed.trim()), value)) throw mismatch(`the ${header} header does not match the body`);
  }
}

/** Undefined for base64 that is none. */
export function decodeHeader(value: string): string | undefined {
  const encoded = ENCODED.exec(value)?.[1];
  if (encoded === undefined) return value;
  return CANONICAL_BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString() : undefined;
}

function isSame(claimed: string | undefined, value: unknown): boolean {
  if (claimed === undefined) return false;
  if (typeof value === 'number') return NUMBER.test(claimed) && Number(claimed) === value;
  return (typeof value === 'string' || typeof value === 'boolean') && claimed === String(value);
}
