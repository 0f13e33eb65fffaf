import { createHash } from 'node:crypto';
import { canonicalJson } from '@app/task-graph';
import { z } from 'zod';
import type { ServerId } from '../../platform/ids.js';

/** A tool as its server describes it, at one moment. */
export interface ToolDefinition {
  serverId: ServerId;
  name: string;
  /** For people; the name where the server gives none. */
  title: string;
  description: string;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown>;
  /** What the server claims of its tool. */
  annotations: ToolAnnotations;
  /** SHA-256, hex, of the definition's canonical JSON: what an approval is bound to. */
  pin: string;
  readOnly: boolean;
  destructive: boolean;
  idempotent: boolean;
  openWorld: boolean;
}

/** What of a tool is pinned and kept; the rest of what a server sends (icons, _meta) decides nothing. */
const PinnedTool = z.object({
  name: z.string().min(1).max(200),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()).optional().catch(undefined),
  annotations: z
    .looseObject({
      title: z.string().optional().catch(undefined),
      readOnlyHint: z.boolean().optional().catch(undefined),
      destructiveHint: z.boolean().optional().catch(undefined),
      idempotentHint: z.boolean().optional().catch(undefined),
      openWorldHint: z.boolean().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type PinnedTool = z.infer<typeof PinnedTool>;
type ToolAnnotations = NonNullable<PinnedTool['annotations']>;

/** What a tool brings that decides nothing: `icons`, `_meta`, `execution`. Handed on as it is. */
export type ToolExtras = Record<string, unknown>;

export interface ToolSnapshot {
  pin: string;
  definition: PinnedTool;
  extras: ToolExtras | null;
}

const MAX_DEFINITION_LENGTH = 256 * 1_024;
const MAX_EXTRAS_LENGTH = 64 * 1_024;
const EXTRAS = ['icons', '_meta', 'execution'];

/**
 * Pins each tool; the first of a name counts.
 * What cannot be pinned could never be approved, so it is left out: too large, malformed, or no JSON that all read alike.
 */
export function pinAll(tools: readonly { name: string }[]): { snapshots: ToolSnapshot[]; leftOut: string[] } {
  const byName = new Map<string, ToolSnapshot>();
  const leftOut: string[] = [];
  for (const tool of tools) {
    const snapshot = byName.has(tool.name) ? undefined : pinOne(tool);
    if (snapshot) byName.set(tool.name, snapshot);
    else leftOut.push(tool.name.slice(0, 100));
  }
  return { snapshots: [...byName.values()], leftOut };
}

function pinOne(tool: object): ToolSnapshot | undefined {
  const parsed = PinnedTool.safeParse(tool);
  if (!parsed.success) return undefined;
  // Drops the members that were not usable: undefined is no JSON.
  const definition = JSON.parse(JSON.stringify(parsed.data)) as PinnedTool;
  const canonical = canonicalJson(definition);
  if (!canonical.ok || canonical.json.length > MAX_DEFINITION_LENGTH) return undefined;
  return { pin: createHash('sha256').update(canonical.json).digest('hex'), definition, extras: extrasOf(tool) };
}

function extrasOf(tool: object): ToolExtras | null {
  const found = Object.entries(tool).filter(([name, value]) => EXTRAS.includes(name) && value !== undefined);
  if (found.length === 0) return null;
  const json = JSON.stringify(Object.fromEntries(found));
  // Postgres keeps no U+0000.
  return json.length > MAX_EXTRAS_LENGTH || json.includes('\\u0000') ? null : (JSON.parse(json) as ToolExtras);
}

export function toDefinition(
  serverId: ServerId,
  { pin, definition }: Pick<ToolSnapshot, 'pin' | 'definition'>,
): ToolDefinition {
  const { name, title, description, inputSchema, outputSchema, annotations = {} } = definition;
  const readOnly = annotations.readOnlyHint ?? false;
  return {
    serverId,
    name,
    title: title ?? annotations.title ?? name,
    description: description ?? '',
    inputSchema,
    ...(outputSchema !== undefined && { outputSchema }),
    annotations,
    pin,
    readOnly,
    // MCP gives this a meaning only for tools that write.
    destructive: !readOnly && (annotations.destructiveHint ?? true),
    idempotent: annotations.idempotentHint ?? false,
    openWorld: annotations.openWorldHint ?? true,
  };
}
