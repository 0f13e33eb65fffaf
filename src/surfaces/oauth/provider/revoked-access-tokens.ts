import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ResourceTokenReader } from '../../../core/oauth/resource-token-reader.js';
import type { ClientGrantsService } from '../../../core/identity/client-grants.service.js';

interface RevocationParts {
  tokens: ResourceTokenReader;
  grants: ClientGrantsService;
}

/**
 * The library revokes no token that it does not keep. Ours count as long as their grant does, so that is what ends; a token
 * of another client, or of nobody, is answered like one that was revoked (RFC 7009, 2.2).
 */
export function revokeAccessTokens(provider: Provider, { tokens, grants }: RevocationParts): void {
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as Partial<KoaContextWithOIDC>;
    if (oidc?.route !== 'revocation' || !isUnsupported(ctx.body)) return;
    const grantId = await tokens.findGrant(String(oidc.params?.token));
    const grant = grantId === undefined ? undefined : await grants.find(grantId);
    if (grant && grant.clientId === oidc.client?.clientId) await grants.end(grant.id, 'revoked_by_client');
    ctx.status = 200;
    ctx.body = '';
  });
}

/** Told after the client has proved who it is. */
const isUnsupported = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error === 'unsupported_token_type';
