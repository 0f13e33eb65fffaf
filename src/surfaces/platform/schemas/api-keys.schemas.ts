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
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';

export const ApiKeyCreate = z
  .strictObject({
    name: z
      .string()
      .trim()
      .superRefine((name, context) => {
        const message = findKeyNameProblem(name);
        if (message) context.addIssue({ code: 'custom', message });
      })
      .meta({ description: `1 to ${MAX_KEY_NAME_LENGTH} characters, trimmed.`, example: 'Production API Key' }),
    expiresIn: z
      .int()
      .min(MIN_KEY_SECONDS)
      .max(MAX_KEY_SECONDS)
      .optional()
      .meta({ description: 'Seconds; absent: it does not end by itself.' }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
      .meta({ description: 'No more than your role allows. mcp:write includes mcp:execute.' }),
  })
  .transform(({ name, scopes, expiresIn }): NewApiKey => ({ name, scopes, lifetimeSeconds: expiresIn }))
  .meta({ id: 'ApiKeyCreate' });

export const ApiKeyRotate = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(MAX_OVERLAP_SECONDS)
      .default(0)
      .meta({ description: 'So long the old key works beside the new one.' }),
  })
  .meta({ id: 'ApiKeyRotate' })
  .prefault({});

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().meta({ description: 'The last four characters of the key.' }),
    lastUsed: z.iso.datetime().nullable().meta({ description: 'To about a minute.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    scopes: z.array(z.enum(SCOPES)),
  })
  .meta({ id: 'ApiKey' });

export const ApiKeyListView = envelope(z.object({ apiKeys: z.array(apiKey) }), NoMeta).meta({ id: 'ApiKeyList' });

export const ApiKeyMadeView = envelope(
  z.object({
    apiKey: apiKey.extend({ key: z.string().meta({ description: 'The key itself: it is told only now.' }) }),
  }),
  MessageMeta,
).meta({ id: 'ApiKeyMade' });

export const ApiKeyRevokedView = envelope(z.object({}), MessageMeta).meta({ id: 'ApiKeyRevoked' });

const toView = (key: ApiKey): z.infer<typeof apiKey> => ({
  id: key.id,
  name: key.name,
  hint: key.hint,
  lastUsed: key.lastUsedAt?.toISOString() ?? null,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  scopes: [...key.scopes],
});

export const toApiKeyListView = (keys: readonly ApiKey[]): z.infer<typeof ApiKeyListView> =>
  succeed({ apiKeys: keys.map(toView) }, {});

export const toApiKeyMadeView = ({ apiKey: made, text }: MadeApiKey): z.infer<typeof ApiKeyMadeView> =>
  succeed(
    { apiKey: { ...toView(made), key: text } },
    { message: "Store this API key securely; it won't be shown again." },
  );

export const API_KEY_REVOKED: z.infer<typeof ApiKeyRevokedView> = succeed({}, { message: 'API key revoked' });
