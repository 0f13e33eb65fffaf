import type { ServerId } from '../../platform/ids.js';

/** Stands for all that a server offers, now and later. */
export const ALL_TOOLS = '*';

/** A tool that a credential may call; `*` for all of its server. */
export interface ReachedTool {
  serverId: ServerId;
  tool: string;
}

/** Which tools of which servers a credential is limited to; plain, since principals are written down. */
export type Reach = Readonly<Partial<Record<ServerId, readonly string[]>>>;

interface Limited {
  reach?: Reach;
}

export const MAX_REACHED_TOOLS = 500;

export function toReach(tools: readonly ReachedTool[]): Reach {
  const reach: Partial<Record<ServerId, string[]>> = {};
  for (const { serverId, tool } of tools) (reach[serverId] ??= []).push(tool);
  return reach;
}

export function reachesTool({ reach }: Limited, serverId: ServerId, tool: string): boolean {
  if (!reach) return true;
  const names = reach[serverId];
  return names !== undefined && (names.includes(tool) || names.includes(ALL_TOOLS));
}

/** What is no tool (resources, prompts) goes with all tools of a server. */
export const reachesWholeServer = ({ reach }: Limited, serverId: ServerId): boolean =>
  !reach || (reach[serverId]?.includes(ALL_TOOLS) ?? false);

/** Something of it, at least. */
export const reachesServer = ({ reach }: Limited, serverId: ServerId): boolean =>
  !reach || reach[serverId] !== undefined;
