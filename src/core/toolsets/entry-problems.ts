import type { FieldIssue } from '../../platform/errors/app-error.js';
import type { ServerId } from '../../platform/ids.js';
import { ALL_TOOLS } from '../identity/reach.js';
import type { ToolsetEntry } from './toolset.js';

/** What no list of entries may have, whatever the servers offer. @param known the servers that may be named */
export function findEntryProblems(entries: readonly ToolsetEntry[], known: ReadonlySet<ServerId>): FieldIssue[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, place) => {
    const { serverId, tool } = entry;
    const at = `/entries/${place}`;
    const key = `${serverId} ${tool}`;
    const repeats = seen.has(key);
    seen.add(key);
    if (!known.has(serverId)) return [issue(`${at}/server_id`, 'not_found', 'is no server that you see')];
    if (repeats) return [issue(at, 'repeated', 'is in the list twice')];
    const isRewritten = [entry.name, entry.title, entry.description, entry.hidden].some((one) => one !== undefined);
    return tool === ALL_TOOLS && isRewritten
      ? [issue(at, 'not_for_all', 'names all tools of a server, so it cannot rename, describe or hide')]
      : [];
  });
}

const issue = (path: string, code: string, message: string): FieldIssue => ({ path, code, message });
