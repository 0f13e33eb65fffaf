import { z } from 'zod';
import { PRESENTATIONS } from '../../../core/identity/presentation.js';
import { ROLES } from '../../../core/identity/principal.js';
import { definitionTokens } from '../../../core/toolsets/definition-size.js';
import type { FoundTool } from '../../../core/toolsets/tool-search.service.js';
import { MOST_FOUND } from '../../../core/toolsets/tool-search.service.js';
import { HANDLE, MAX_AUDIENCE, MAX_ENTRIES, SHOWN_NAME } from '../../../core/toolsets/toolset.js';
import type { NewToolset, Toolset, ToolsetChange, ToolsetEntry } from '../../../core/toolsets/toolset.js';
import { ENTRY_STATES, type OfferedTool } from '../../../core/toolsets/toolset-offer.js';
import type { DescribedToolset } from '../../../core/toolsets/toolsets.service.js';
import { idSchema } from '../../../platform/ids.js';

/** U+0000 is kept nowhere by Postgres. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0'), 'must not have the character U+0000');

const Presentation = z.enum(PRESENTATIONS).meta({
  description:
    '`definitions`: clients get all tools. `search`: they get `search_tools` and `call_tool` instead, which cost few tokens.',
});

const Entry = z
  .strictObject({
    server_id: idSchema('mcp'),
    tool: text(200).min(1).meta({
      description: 'A name at the server, or `*`: all that it offers, now and later.',
      example: 'create_issue',
    }),
    name: z.string().regex(SHOWN_NAME).optional().meta({ description: 'Instead of its own.' }),
    title: text(200).optional().meta({ description: 'Instead of its own.' }),
    description: text(4_000).optional().meta({ description: 'Instead of its own: what models read of it.' }),
    hidden: z.boolean().optional().meta({ description: 'Left out; beside a `*`, this one tool.' }),
  })
  .transform(({ server_id, ...entry }): ToolsetEntry => ({ serverId: server_id, ...entry }))
  .meta({ id: 'ToolsetEntry' });

const Entries = z.array(Entry).max(MAX_ENTRIES);

const Audience = z
  .strictObject({
    roles: z.array(z.enum(ROLES)).max(ROLES.length).default([]),
    users: z.array(idSchema('user')).max(MAX_AUDIENCE).default([]),
    keys: z.array(idSchema('key')).max(MAX_AUDIENCE).default([]),
  })
  .nullable()
  .meta({ description: 'To whom it is offered, each of these is enough; null: everybody in the organization.' });

const fields = {
  name: text(100).trim().min(1),
  handle: z.string().regex(HANDLE).meta({ description: 'Its place is `/mcp/t/{handle}`.', example: 'support' }),
  description: text(1_000),
  presentation: Presentation,
  entries: Entries,
  audience: Audience,
};

export const ToolsetCreate = z
  .strictObject({
    ...fields,
    description: fields.description.default(''),
    presentation: fields.presentation.default('definitions'),
    entries: fields.entries.default([]),
    audience: fields.audience.default(null),
  })
  .transform((body): NewToolset => body)
  .meta({ id: 'ToolsetCreate' });

export const ToolsetUpdate = z
  .strictObject(fields)
  .partial()
  .transform((body): ToolsetChange => body)
  .meta({ id: 'ToolsetUpdate' });

export const ToolsetPreviewOf = z.strictObject({ entries: Entries }).meta({ id: 'ToolsetPreviewOf' });

const ToolsetSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    handle: z.string(),
    path: z.string().meta({ description: 'At this instance.', example: '/mcp/t/support' }),
    description: z.string(),
    presentation: Presentation,
    entries_count: z.int(),
    audience: z
      .object({ roles: z.array(z.enum(ROLES)), users: z.array(z.string()), keys: z.array(z.string()) })
      .nullable(),
    created_by: z.string().nullable(),
    created_at: z.iso.datetime(),
    updated_by: z.string().nullable(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'ToolsetSummary' });

export const ToolsetListView = z.object({ toolsets: z.array(ToolsetSummary) }).meta({ id: 'ToolsetList' });

const OfferedToolView = z
  .object({
    server_id: z.string(),
    server_name: z.string(),
    tool: z.string().meta({ description: 'Its name at the server.' }),
    name: z.string().meta({ description: 'What clients call it.' }),
    title: z.string(),
    description: z.string(),
    read_only: z.boolean(),
    quarantined: z.boolean().meta({ description: 'It is not offered until somebody approves its definition.' }),
    tokens: z.int().meta({ description: 'About so many its definition takes of a model.' }),
  })
  .meta({ id: 'OfferedTool' });

const EntryView = z.object({
  server_id: z.string(),
  server_name: z.string().nullable().meta({ description: 'null: there is no such server, or you do not see it.' }),
  tool: z.string(),
  name: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  hidden: z.boolean().optional(),
  state: z.enum(ENTRY_STATES),
});

const offer = {
  entries: z.array(EntryView),
  tools: z.array(OfferedToolView).meta({ description: 'What it comes to with what the servers offer now.' }),
  tools_count: z.int(),
  tokens: z.int().meta({ description: 'About so many all definitions take of a model.' }),
  collisions: z
    .array(z.object({ name: z.string(), entry: z.int(), with: z.int() }))
    .meta({ description: 'What is left out, because another tool has its name.' }),
};

export const ToolsetPreviewView = z.object(offer).meta({ id: 'ToolsetPreview' });

export const ToolsetView = ToolsetSummary.extend({
  ...offer,
  may_change: z.boolean().meta({ description: 'Who made it changes it, and administrators do.' }),
}).meta({ id: 'Toolset' });

export const GatewaySettingsView = z.object({ presentation: Presentation }).meta({ id: 'GatewaySettings' });
export const GatewaySettingsChange = z
  .strictObject({ presentation: Presentation })
  .meta({ id: 'GatewaySettingsChange' });

export const ToolSearchQuery = z.strictObject({
  q: z.string().trim().min(1).max(400),
  limit: z.coerce.number().int().min(1).max(MOST_FOUND).default(20),
});

export const FoundToolsView = z
  .object({ tools: z.array(OfferedToolView.extend({ score: z.number() })) })
  .meta({ id: 'FoundTools' });

const toSummary = (toolset: Toolset): z.infer<typeof ToolsetSummary> => ({
  id: toolset.id,
  name: toolset.name,
  handle: toolset.handle,
  path: `/mcp/t/${toolset.handle}`,
  description: toolset.description,
  presentation: toolset.presentation,
  entries_count: toolset.entries.length,
  audience: toolset.audience && {
    roles: [...toolset.audience.roles],
    users: [...toolset.audience.users],
    keys: [...toolset.audience.keys],
  },
  created_by: toolset.createdBy,
  created_at: toolset.createdAt.toISOString(),
  updated_by: toolset.updatedBy,
  updated_at: toolset.updatedAt.toISOString(),
});

export const toToolsetListView = (toolsets: readonly Toolset[]): z.infer<typeof ToolsetListView> => ({
  toolsets: toolsets.map(toSummary),
});

const toOfferedToolView = (offered: OfferedTool): z.infer<typeof OfferedToolView> => ({
  server_id: offered.serverId,
  server_name: offered.serverName,
  tool: offered.tool.name,
  name: offered.name,
  title: offered.title,
  description: offered.description,
  read_only: offered.tool.readOnly,
  quarantined: offered.tool.quarantined,
  tokens: definitionTokens(offered),
});

export function toToolsetPreviewView(
  entries: readonly ToolsetEntry[],
  described: Omit<DescribedToolset, 'toolset'>,
): z.infer<typeof ToolsetPreviewView> {
  const tools = described.offer.tools.map(toOfferedToolView);
  return {
    entries: entries.map(({ serverId, ...entry }, place) => ({
      server_id: serverId,
      server_name: described.servers.get(serverId)?.name ?? null,
      ...entry,
      state: described.offer.entries[place] ?? 'missing',
    })),
    tools,
    tools_count: tools.length,
    tokens: tools.reduce((sum, { tokens }) => sum + tokens, 0),
    collisions: described.offer.collisions.map((collision) => ({ ...collision })),
  };
}

export const toToolsetView = (described: DescribedToolset): z.infer<typeof ToolsetView> => ({
  ...toSummary(described.toolset),
  ...toToolsetPreviewView(described.toolset.entries, described),
  may_change: described.mayChange,
});

export const toFoundToolsView = (found: readonly FoundTool[]): z.infer<typeof FoundToolsView> => ({
  tools: found.map(({ offered, score }) => ({
    ...toOfferedToolView(offered),
    score: Math.round(score * 1_000) / 1_000,
  })),
});
