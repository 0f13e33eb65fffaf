import type { ResultReply } from '../backend.js';
import { membersIn } from '../json/members.js';
import type { Piece } from '../json/pieces.js';
import { META } from '../revisions.js';
import { wrapText } from './structured-output.js';

const NOT_KNOWN: ReadonlySet<string> = new Set(['resultType']);
/** Hints for caches are said where something is read. */
const NOT_KNOWN_OF_READS: ReadonlySet<string> = new Set([...NOT_KNOWN, 'ttlMs', 'cacheScope']);
const NOT_KNOWN_OF_META: ReadonlySet<string> = new Set([META.serverInfo]);

/** Without what only clients of the modern era know. One that says no type, or another, is left as it is. */
export function replyResult(method: string, { text, resultType }: ResultReply): Piece {
  if (resultType !== 'complete') return text;
  const names = method === 'resources/read' ? NOT_KNOWN_OF_READS : NOT_KNOWN;
  const kept: string[] = [];
  for (const { name, json } of membersIn(text.toString())) {
    const known = names.has(name) ? undefined : knownOf(name, json);
    if (known !== undefined) kept.push(`"${name}":${known}`);
  }
  return `{${kept.join(',')}}`;
}

function knownOf(name: string, json: string): string | undefined {
  if (name === 'structuredContent') return wrapText(json);
  if (name !== '_meta' || !json.startsWith('{')) return json;
  const kept = [...membersIn(json)].filter((member) => !NOT_KNOWN_OF_META.has(member.name));
  return kept.length > 0 ? `{${kept.map((member) => `"${member.name}":${member.json}`).join(',')}}` : undefined;
}
