import type { Listed, ListPage, ResultReply } from '../backend.js';
import { type Pieces, withMember, withMembers } from '../json/pieces.js';
import { CODES } from '../protocol-error.js';

const BAD_REQUEST = new Set<number>([CODES.headerMismatch, CODES.missingCapability, CODES.unsupportedVersion]);

/** What servers before said of a resource that is not there (protocol 2026-07-28, Error Codes). */
const RESOURCE_NOT_FOUND = -32002;

export const codeOf = (code: number): number => (code === RESOURCE_NOT_FOUND ? CODES.invalidParams : code);

export const statusOf = (code: number): number =>
  code === CODES.methodNotFound ? 404 : BAD_REQUEST.has(code) ? 400 : 200;

/** Results that clients may keep say for how long (protocol 2026-07-28, Caching). */
const cacheHints = ({ ttlMs = 0, cacheScope = 'private' }: Pick<ListPage, 'ttlMs' | 'cacheScope'>) => ({
  ttlMs,
  cacheScope,
});

export function listResult(page: ListPage, what: Listed): Pieces {
  const head = JSON.stringify({ resultType: 'complete', ...cacheHints(page), nextCursor: page.nextCursor });
  return [`${head.slice(0, -1)},"${what}":`, page.json, '}'];
}

export function replyResult(method: string, reply: ResultReply, wasAnswered: boolean): Pieces {
  const { text, resultType = 'complete' } = reply;
  if (method !== 'resources/read' || resultType !== 'complete') return withMember(text, 'resultType', resultType);
  // What was read with answers to questions is not what the next one would read (Caching, Cache Key).
  return withMembers(text, { resultType, ...cacheHints(wasAnswered ? {} : reply) });
}
