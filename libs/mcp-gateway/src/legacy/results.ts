import type { ResultReply } from '../backend.js';
import { membersIn } from '../json/members.js';
import type { Piece } from '../json/pieces.js';
import { META } from '../revisions.js';

const NOT_KNOWN: ReadonlySet<string> = new Set(['resultType']);
/** Hints for caches are said where something is read. */
const NOT_KNOWN_OF_READS: ReadonlySet<string> = new Set([...NOT_KNOWN, 'ttlMs', 'cacheScope']);
const NOT_KNOWN_OF_META: ReadonlySet<string> = new Set([META.serverInfo]);
const NOTHING = '{}';

/** Without what only clients of the modern era know. One that says no type, or another, is left as it is. */
export function replyResult(method: string, { text, resultType }: ResultReply): Piece {
  if (resultType !== 'complete') return text;
  return without(text.toString(), method === 'resources/read' ? NOT_KNOWN_OF_READS : NOT_KNOWN);
}

function without(text: string, names: ReadonlySet<string>): string {
  const kept: string[] = [];
  for (const { name, json } of membersIn(text)) {
    if (names.has(name)) continue;
    const rest = name === '_meta' && json.startsWith('{') ? without(json, NOT_KNOWN_OF_META) : json;
    if (name !== '_meta' || rest !== NOTHING) kept.push(`"${name}":${rest}`);
  }
  return `{${kept.join(',')}}`;
}
