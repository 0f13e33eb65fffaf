import { z } from 'zod';
import { toOAuthView } from '../../../core/registry/oauth-input.js';
import { OAuthView } from '../../../core/registry/oauth-input.js';
import type { ServerSignIn } from '../../../core/registry/server-sign-ins.service.js';
import { STANDINGS } from '../../../core/upstream-accounts/account.js';
import type { Begun } from '../../../core/upstream-accounts/sign-ins.service.js';

const time = z.iso.datetime().nullable();

export const SignInBegunView = z
  .object({
    connected: z.boolean().meta({ description: 'True at once for a machine account.' }),
    authorization_url: z.url().nullable().meta({ description: 'To be opened in the browser that asked for it.' }),
    expires_at: time,
  })
  .meta({ id: 'SignInBegun' });

export const ServerAccountView = z
  .object({
    status: z.enum(STANDINGS),
    reason: z.string().nullable().meta({ description: 'Why somebody has to sign in again.' }),
    issuer: z.string().nullable().meta({ description: 'The host of the authorization server.' }),
    scopes: z.array(z.string()),
    wanted_scopes: z.array(z.string()).meta({ description: 'What the server asks for beside them.' }),
    expires_at: time.meta({ description: 'Of the access token; it is renewed before, where that is possible.' }),
    connected_at: time,
    connected_by: z.string().nullable(),
    refreshed_at: time,
    last_used_at: time,
    may_connect: z.boolean().meta({ description: 'Whether you may connect and disconnect it.' }),
    oauth: OAuthView,
  })
  .meta({ id: 'ServerAccount' });

export const ServerAccountGoneView = z.object({ status: z.literal('disconnected') }).meta({ id: 'ServerAccountGone' });

export const ClientDocumentView = z
  .object({
    client_id: z.url(),
    client_name: z.string(),
    client_uri: z.url(),
    redirect_uris: z.array(z.url()),
    grant_types: z.array(z.string()),
    response_types: z.array(z.string()),
    application_type: z.enum(['native', 'web']),
    token_endpoint_auth_method: z.string(),
  })
  .meta({ id: 'OAuthClientDocument' });

export const toSignInBegunView = (begun: Begun): z.infer<typeof SignInBegunView> =>
  'connected' in begun
    ? { connected: true, authorization_url: null, expires_at: null }
    : { connected: false, authorization_url: begun.authorizationUrl, expires_at: begun.expiresAt.toISOString() };

export const toServerAccountView = ({
  settings,
  account,
  mayConnect,
}: ServerSignIn): z.infer<typeof ServerAccountView> => ({
  status: account.status,
  reason: account.reason,
  issuer: account.issuer,
  scopes: [...account.scopes],
  wanted_scopes: [...account.wantedScopes],
  expires_at: account.expiresAt?.toISOString() ?? null,
  connected_at: account.connectedAt?.toISOString() ?? null,
  connected_by: account.connectedBy,
  refreshed_at: account.refreshedAt?.toISOString() ?? null,
  last_used_at: account.lastUsedAt?.toISOString() ?? null,
  may_connect: mayConnect,
  oauth: toOAuthView(settings),
});
