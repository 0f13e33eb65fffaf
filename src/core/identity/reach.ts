import type { ServerId } from '../../platform/ids.js';

/** Stands for all that a server offers, now and later. */
export const ALL_TOOLS = '*';

/** A tool that a credential may call; `*` for all of its server. */
export interface ReachedTool {
  serverId: ServerId;
  tool: string;
}

/** Which tools of which servers a credential is limited to. */
export type Reach = ReadonlyMap<ServerId, ReadonlySet<string>>;

interface Limited {
  reach?: Reach;
}

export const MAX_REACHED_TOOLS = 500;

export function toReach(tools: readonly ReachedTool[]): Reach {
  const reach = new Map<ServerId, Set<string>>();
  for (const { serverId, tool } of tools) reach.set(serverId, (reach.get(serverId) ?? new Set()).add(tool));
  return reach;
}

export function reachesTool({ reach }: Limited, serverId: ServerId, tool: string): boolean {
  if (!reach) return true;
  const names = reach.get(serverId);
  return names !== undefined && (names.has(ALL_TOOLS) || names.has(tool));
}

/** What is no tool (resources, prompts) goes with all tools of a server. */
export const reachesWholeServer = ({ reach }: Limited, serverId: ServerId): boolean =>
  reach?.get(serverId)?.has(ALL_TOOLS) ?? reach === undefined;

/** Something of it, at least. */
export const reachesServer = ({ reach }: Limited, serverId: ServerId): boolean => reach?.has(serverId) ?? true;
