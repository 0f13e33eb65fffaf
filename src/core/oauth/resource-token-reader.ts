import { verify } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { toAppError } from '../../platform/errors/app-error.js';
import { accessTokenHasExpired, accessTokenIsInvalid } from '../identity/identity.errors.js';
import { type ResourceClaims, ResourceTokens } from '../identity/resource-tokens.js';
import { RESOURCE_SCOPES, Resources } from './resources.js';
import { SigningKeys } from './signing-keys.service.js';

const MAX_TOKEN_LENGTH = 4_096;

/** RFC 9068, 2.1 and 4; nothing else is looked at before the signature. */
const Header = z.object({
  alg: z.literal('RS256'),
  typ: z.enum(['at+jwt', 'application/at+jwt']),
  kid: z.string().max(64),
  crit: z.undefined().optional(),
});

const Payload = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  org: z.string(),
  gid: z.string(),
  exp: z.number(),
  scope: z.string().optional(),
});

/** Access tokens that this instance issued: for the very resource where they are shown, and for no other. */
@Injectable()
export class ResourceTokenReader implements OnModuleInit {
  constructor(
    private readonly keys: SigningKeys,
    private readonly resources: Resources,
    private readonly tokens: ResourceTokens,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.tokens.readBy((token, resource) => this.read(token, resource));
  }

  /**
   * @param resource its address, or the path of it
   * @throws 401 TOKEN_EXPIRED, TOKEN_INVALID
   */
  async read(token: string, resource: string): Promise<ResourceClaims> {
    const { audience, ...claims } = await this.open(token);
    if (audience !== (resource.startsWith('/') ? this.resources.at(resource) : resource)) throw accessTokenIsInvalid();
    if (claims.expiresAt <= this.clock.now()) throw accessTokenHasExpired();
    return claims;
  }

  /** What a token is of, wherever it is good for, and however old it is; undefined for one that is not ours. */
  async findGrant(token: string): Promise<string | undefined> {
    try {
      return (await this.open(token)).grantId;
    } catch (error) {
      if (toAppError(error).kind === 'unauthenticated') return undefined;
      throw error;
    }
  }

  private async open(token: string): Promise<ResourceClaims & { audience: string }> {
    if (token.length > MAX_TOKEN_LENGTH) throw accessTokenIsInvalid();
    const [head = '', body = '', signature, more] = token.split('.');
    if (signature === undefined || more !== undefined) throw accessTokenIsInvalid();
    const header = Header.safeParse(decode(head));
    if (!header.success) throw accessTokenIsInvalid();
    const key = await this.keys.findPublic(header.data.kid);
    const signed = Buffer.from(`${head}.${body}`);
    if (!key || !verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) throw accessTokenIsInvalid();
    const payload = Payload.safeParse(decode(body));
    if (!payload.success) throw accessTokenIsInvalid();
    const { iss, aud, sub, org, gid, exp, scope = '' } = payload.data;
    if (iss !== this.resources.issuer) throw accessTokenIsInvalid();
    const given = scope.split(' ');
    const scopes = RESOURCE_SCOPES.filter((one) => given.includes(one));
    return { grantId: gid, userId: sub, organizationId: org, scopes, expiresAt: new Date(exp * 1_000), audience: aud };
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
