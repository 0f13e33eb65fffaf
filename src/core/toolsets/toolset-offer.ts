import type { ServerId } from '../../platform/ids.js';
import { ALL_TOOLS } from '../identity/reach.js';
import type { ListedTool } from '../registry/tool-state.js';
import type { ToolsetEntry } from './toolset.js';

/** A server as far as it is known without asking it. */
export interface SeenServer {
  id: ServerId;
  name: string;
  tools: readonly ListedTool[];
}

/** A tool as a toolset shows it. */
export interface OfferedTool {
  serverId: ServerId;
  serverName: string;
  /** As the server defines it: its name there, its pin, its schemas. */
  tool: ListedTool;
  /** What clients call it. */
  name: string;
  title: string;
  description: string;
}

/** What became of an entry: `missing` where its server or its tool is not there. */
export const ENTRY_STATES = ['offered', 'hidden', 'missing'] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

export interface Collision {
  name: string;
  /** The place in the list of entries of what comes too late to have the name. */
  entry: number;
  /** Of what has it. */
  with: number;
}

export interface ToolsetOffer {
  /** In the order of the entries, then of the servers. */
  tools: readonly OfferedTool[];
  entries: readonly EntryState[];
  /** Who comes too late for a name is left out: a server cannot take the place of another's tool. */
  collisions: readonly Collision[];
}

interface Candidate {
  offered: OfferedTool;
  entry: number;
  /** What somebody chose comes before what a `*` brought. */
  rank: number;
  place: number;
}

/** What entries come to with what the servers offer now. */
export function offerOf(entries: readonly ToolsetEntry[], servers: ReadonlyMap<ServerId, SeenServer>): ToolsetOffer {
  const named = new Set(entries.flatMap(({ serverId, tool }) => (tool === ALL_TOOLS ? [] : [keyOf(serverId, tool)])));
  const candidates: Candidate[] = [];
  const states = entries.map((entry, index): EntryState => {
    const server = servers.get(entry.serverId);
    const isAll = entry.tool === ALL_TOOLS;
    const found = server?.tools.filter(({ name }) =>
      isAll ? !named.has(keyOf(server.id, name)) : name === entry.tool,
    );
    if (!server || !found || (found.length === 0 && !isAll)) return 'missing';
    if (entry.hidden) return 'hidden';
    for (const tool of found) {
      const rank = entry.name !== undefined ? 0 : isAll ? 2 : 1;
      candidates.push({ offered: toOffered(server, tool, entry), entry: index, rank, place: candidates.length });
    }
    return 'offered';
  });
  return { ...nameAll(candidates), entries: states };
}

/** Names go to what was chosen first. */
function nameAll(candidates: readonly Candidate[]): Pick<ToolsetOffer, 'tools' | 'collisions'> {
  const holders = new Map<string, Candidate>();
  const collisions: Collision[] = [];
  for (const candidate of [...candidates].sort((a, b) => a.rank - b.rank || a.place - b.place)) {
    const { name } = candidate.offered;
    const holder = holders.get(name);
    if (holder) collisions.push({ name, entry: candidate.entry, with: holder.entry });
    else holders.set(name, candidate);
  }
  const tools = [...holders.values()].sort((a, b) => a.place - b.place).map(({ offered }) => offered);
  return { tools, collisions };
}

/** All of a server, as they are. */
export const offerAll = (server: SeenServer): OfferedTool[] => server.tools.map((tool) => toOffered(server, tool, {}));

const toOffered = (server: SeenServer, tool: ListedTool, entry: Partial<ToolsetEntry>): OfferedTool => ({
  serverId: server.id,
  serverName: server.name,
  tool,
  name: entry.name ?? tool.name,
  title: entry.title ?? tool.title,
  description: entry.description ?? tool.description,
});

const keyOf = (serverId: ServerId, tool: string) => `${serverId} ${tool}`;
