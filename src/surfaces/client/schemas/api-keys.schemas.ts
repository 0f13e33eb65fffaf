import { z } from 'zod';
import {
  type ApiKey,
  findKeyNameProblem,
  type MadeApiKey,
  MAX_KEY_NAME_LENGTH,
  MAX_KEY_SECONDS,
  MAX_OVERLAP_SECONDS,
  MIN_KEY_SECONDS,
  type NewApiKey,
} from '../../../core/identity/api-key.js';
import { PRESENTATIONS } from '../../../core/identity/presentation.js';
import { SCOPES } from '../../../core/identity/principal.js';
import { MAX_REACHED_TOOLS, type ReachedTool } from '../../../core/identity/reach.js';
import { idSchema } from '../../../platform/ids.js';
import { toOrganizationRefView, OrganizationRefView } from './credentials.schemas.js';

export const ApiKeyCreate = z
  .strictObject({
    name: z
      .string()
      .trim()
      .superRefine((name, context) => {
        const message = findKeyNameProblem(name);
        if (message) context.addIssue({ code: 'custom', message });
      })
      .meta({ description: `1 to ${MAX_KEY_NAME_LENGTH} characters, trimmed.`, example: 'Nightly build' }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
      .meta({ description: 'What it may be used for; no more than your role allows. mcp:write includes mcp:execute.' }),
    expires_in: z
      .int()
      .min(MIN_KEY_SECONDS)
      .max(MAX_KEY_SECONDS)
      .optional()
      .meta({ description: 'Seconds; absent: it does not end by itself.' }),
    tools: z
      .array(
        z
          .strictObject({
            server_id: idSchema('mcp'),
            tool: z
              .string()
              .min(1)
              .max(200)
              .refine((name) => !name.includes('\0')),
          })
          .transform(({ server_id, tool }): ReachedTool => ({ serverId: server_id, tool })),
      )
      .max(MAX_REACHED_TOOLS)
      .nullable()
      .default(null)
      .meta({
        description:
          'What it may call, of what you may; `*` as a tool: all of the server, and its resources. null: everything. A key with a list cannot use sessions.',
      }),
    presentation: z.enum(PRESENTATIONS).nullable().default(null).meta({
      description: 'How its client is shown tools at the gateway; null: as the toolset or the organization says.',
    }),
  })
  .transform(({ expires_in, ...key }): NewApiKey => ({ ...key, lifetimeSeconds: expires_in }))
  .meta({ id: 'ApiKeyCreate' });

export const ApiKeyRotate = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(MAX_OVERLAP_SECONDS)
      .default(0)
      .meta({ description: 'So long the old key works beside the new one.' }),
  })
  .transform(({ overlap_seconds }) => ({ overlapSeconds: overlap_seconds }))
  .meta({ id: 'ApiKeyRotate' })
  .prefault({});

export const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().meta({ description: 'The last four characters of the key.' }),
    scopes: z.array(z.enum(SCOPES)),
    tools: z
      .array(z.object({ server_id: z.string(), tool: z.string() }))
      .nullable()
      .meta({ description: 'What it is limited to; null: all that you may call.' }),
    presentation: z.enum(PRESENTATIONS).nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable().meta({ description: 'To about a minute.' }),
    last_used_ip: z.string().nullable(),
    organization: OrganizationRefView,
  })
  .meta({ id: 'ApiKey' });

export const ApiKeyListView = z.object({ api_keys: z.array(ApiKeyView) }).meta({ id: 'ApiKeyList' });

export const ApiKeyMadeView = z
  .object({
    api_key: ApiKeyView.extend({ key: z.string().meta({ description: 'The key itself: it is told only now.' }) }),
  })
  .meta({ id: 'ApiKeyMade' });

export const toApiKeyView = (key: ApiKey): z.infer<typeof ApiKeyView> => ({
  id: key.id,
  name: key.name,
  hint: key.hint,
  scopes: [...key.scopes],
  tools: key.tools && key.tools.map(({ serverId, tool }) => ({ server_id: serverId, tool })),
  presentation: key.presentation,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  last_used_ip: key.lastUsedIp,
  organization: toOrganizationRefView(key.organization),
});

export const toApiKeyListView = (keys: readonly ApiKey[]): z.infer<typeof ApiKeyListView> => ({
  api_keys: keys.map(toApiKeyView),
});

export const toApiKeyMadeView = ({ apiKey, text }: MadeApiKey): z.infer<typeof ApiKeyMadeView> => ({
  api_key: { ...toApiKeyView(apiKey), key: text },
});
