import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { RESOURCE_SCOPES } from '../../../core/oauth/resources.js';

/** Asked for by clients out of habit; none of them is given, and none does harm. */
const IGNORED = new Set(['openid', 'profile', 'email', 'offline_access']);

/**
 * What holds for each authorization request, beyond the protocol: scopes that there are, and what stands for none; one
 * resource, so that a token has one audience.
 * @throws invalid_scope, invalid_target
 */
export function settleRequest({ oidc }: KoaContextWithOIDC): void {
  const { params } = oidc;
  if (!params) return;
  params.scope = scopeOf(typeof params.scope === 'string' ? params.scope : '');
  if (!Array.isArray(params.resource)) return;
  if (params.resource.length !== 1) throw new errors.InvalidTarget('only one resource may be asked for');
  params.resource = params.resource[0];
}

function scopeOf(asked: string): string {
  const names = asked.split(' ').filter((name) => name !== '');
  const known = RESOURCE_SCOPES.filter((scope) => names.includes(scope));
  if (known.length > 0) return known.join(' ');
  const unknown = names.filter((name) => !IGNORED.has(name));
  if (unknown.length > 0) throw new errors.InvalidScope('requested scope is not supported', unknown.join(' '));
  return RESOURCE_SCOPES.join(' ');
}
