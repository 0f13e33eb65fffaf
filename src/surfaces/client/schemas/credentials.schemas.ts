import { z } from 'zod';
import type { ListedCredential } from '../../../core/identity/credential-list.js';
import { SCOPES } from '../../../core/identity/principal.js';
import { isId } from '../../../platform/ids.js';

/** A sign-in, a key or a connected client; anything else is as unknown as any other. */
export const credentialIdSchema = z
  .string()
  .transform((id) => (isId('fam', id) || isId('key', id) || isId('grt', id) ? id : ''));

export const RevokeAll = z
  .strictObject({
    include_current: z.boolean().default(false).meta({ description: 'Also the sign-in that asks.' }),
    include_keys: z.boolean().default(true).meta({ description: 'Also API keys and connected clients.' }),
  })
  .transform(({ include_current, include_keys }) => ({ includeCurrent: include_current, includeKeys: include_keys }))
  .meta({ id: 'CredentialsRevokeAll' })
  .prefault({});

export const OrganizationRefView = z.object({ id: z.string(), name: z.string() }).meta({ id: 'OrganizationRef' });

export const CredentialView = z
  .object({
    id: z.string(),
    kind: z.enum(['token_family', 'cookie_session', 'api_key', 'oauth_client']),
    name: z.string().nullable().meta({ description: 'Of a key; of a client as it calls itself.' }),
    current: z.boolean().meta({ description: 'The one that asks.' }),
    device_fingerprint: z.string().nullable(),
    user_agent: z.string().nullable(),
    ip: z.string().nullable().meta({ description: 'Where the sign-in began.' }),
    last_ip: z.string().nullable(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
    scopes: z
      .array(z.enum(SCOPES))
      .nullable()
      .meta({ description: 'Of a key or a client; null of a sign-in, which has all.' }),
    organization: OrganizationRefView,
  })
  .meta({ id: 'Credential' });

export const CredentialListView = z.object({ credentials: z.array(CredentialView) }).meta({ id: 'CredentialList' });

export const RevokedView = z.object({ status: z.literal('revoked') }).meta({ id: 'Revoked' });

export const AllRevokedView = z.object({ revoked: z.int().min(0) }).meta({ id: 'AllRevoked' });

export const REVOKED: z.infer<typeof RevokedView> = { status: 'revoked' };

export const toOrganizationRefView = ({ id, name }: { id: string; name: string }) => ({ id, name });

export const toCredentialListView = (credentials: readonly ListedCredential[]): z.infer<typeof CredentialListView> => ({
  credentials: credentials.map((credential) => ({
    id: credential.id,
    kind: credential.kind,
    name: credential.name,
    current: credential.isCurrent,
    device_fingerprint: credential.deviceFingerprint,
    user_agent: credential.userAgent,
    ip: credential.ip,
    last_ip: credential.lastIp,
    created_at: credential.createdAt.toISOString(),
    last_used_at: credential.lastUsedAt?.toISOString() ?? null,
    expires_at: credential.expiresAt?.toISOString() ?? null,
    scopes: credential.scopes,
    organization: toOrganizationRefView(credential.organization),
  })),
});
