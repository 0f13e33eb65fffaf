import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/tokens.js';
import { accessTokenHasExpired, accessTokenIsInvalid } from './identity.errors.js';

export interface AccessClaims {
  userId: UserId;
  organizationId: OrganizationId;
  familyId: Id<'fam'>;
  expiresAt: Date;
}

const ISSUER = 'switchyard';
const AUDIENCE = 'switchyard:api';
const ALGORITHM = 'HS256';
const MAX_TOKEN_LENGTH = 2_048;

const Verified = z.object({
  header: z.object({ kid: z.string() }),
  payload: z.object({ sub: z.string(), org: z.string(), fam: z.string(), exp: z.number() }),
});

/** JSON Web Tokens (RFC 7519), HS256 with a key of their own. */
@Injectable()
export class AccessTokens {
  private readonly jwt: JwtService;
  /** Names the key without telling it, so that tokens of a replaced secret are known at once. */
  private readonly keyId: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    keyring: Keyring,
    private readonly clock: Clock,
  ) {
    const key = keyring.key('access-tokens');
    // A KeyObject: a text would be turned into one at each call.
    this.jwt = new JwtService({ secretOrKeyProvider: () => key });
    this.keyId = createHash('sha256').update(keyring.sign('access-tokens', 'kid')).digest('hex').slice(0, 12);
  }

  issue({ userId, organizationId, familyId }: Omit<AccessClaims, 'expiresAt'>): string {
    const iat = Math.floor(this.clock.now().getTime() / 1_000);
    const claims = {
      sub: userId,
      org: organizationId,
      fam: familyId,
      iat,
      exp: iat + this.config.tokens.accessSeconds,
    };
    return this.jwt.sign(claims, {
      algorithm: ALGORITHM,
      keyid: this.keyId,
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  /** @throws 401 TOKEN_EXPIRED or TOKEN_INVALID */
  read(token: string): AccessClaims {
    if (token.length > MAX_TOKEN_LENGTH) throw accessTokenIsInvalid();
    const verified = Verified.safeParse(this.verify(token));
    if (!verified.success || verified.data.header.kid !== this.keyId) throw accessTokenIsInvalid();
    const { sub, org, fam, exp } = verified.data.payload;
    return {
      userId: sub as UserId,
      organizationId: org as OrganizationId,
      familyId: fam as Id<'fam'>,
      expiresAt: new Date(exp * 1_000),
    };
  }

  private verify(token: string): unknown {
    try {
      return this.jwt.verify<object>(token, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: Math.floor(this.clock.now().getTime() / 1_000),
        complete: true,
      });
    } catch (error) {
      throw (error as Error).name === 'TokenExpiredError' ? accessTokenHasExpired() : accessTokenIsInvalid();
    }
  }
}
