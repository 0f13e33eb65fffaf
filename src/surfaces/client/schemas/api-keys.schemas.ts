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
import { SCOPES } from '../../../core/identity/principal.js';
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
  })
  .transform(({ name, scopes, expires_in }): NewApiKey => ({ name, scopes, lifetimeSeconds: expires_in }))
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
