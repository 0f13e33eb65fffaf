import { createHash, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Keyring, type KeyVersion } from '../../platform/crypto/keyring.js';
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
  payload: z.object({ sub: z.string(), org: z.string(), fam: z.string(), exp: z.number() }),
});

const Header = z.object({ kid: z.string().max(64) });

/** JSON Web Tokens (RFC 7519), HS256 with keys of their own. */
@Injectable()
export class AccessTokens {
  private readonly jwt: JwtService;
  private readonly names = new WeakMap<KeyObject, string>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {
    // A KeyObject: a text would be turned into one at each call.
    this.jwt = new JwtService({
      secretOrKeyProvider: (_type, token) =>
        (typeof token === 'string' ? this.signerOf(token)?.key : undefined) ?? keyring.key('access-tokens'),
    });
  }

  /** How long one counts unless it is said otherwise. */
  get seconds(): number {
    return this.config.tokens.accessSeconds;
  }

  /** @param seconds how long it counts; unset: as the settings say */
  issue({ userId, organizationId, familyId }: Omit<AccessClaims, 'expiresAt'>, seconds = this.seconds): string {
    const iat = Math.floor(this.clock.ms() / 1_000);
    const claims = {
      sub: userId,
      org: organizationId,
      fam: familyId,
      iat,
      exp: iat + seconds,
    };
    return this.jwt.sign(claims, {
      algorithm: ALGORITHM,
      keyid: this.nameOf(this.keyring.active('access-tokens')),
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  /** Whether the token names a key that this process knows; nothing is verified. */
  namesKnownKey(token: string): boolean {
    return token.length <= MAX_TOKEN_LENGTH && this.signerOf(token) !== undefined;
  }

  /** @throws 401 TOKEN_EXPIRED or TOKEN_INVALID */
  read(token: string): AccessClaims {
    if (token.length > MAX_TOKEN_LENGTH) throw accessTokenIsInvalid();
    if (!this.signerOf(token)) throw accessTokenIsInvalid();
    const verified = Verified.safeParse(this.verify(token));
    if (!verified.success) throw accessTokenIsInvalid();
    const { sub, org, fam, exp } = verified.data.payload;
    return {
      userId: sub as UserId,
      organizationId: org as OrganizationId,
      familyId: fam as Id<'fam'>,
      expiresAt: new Date(exp * 1_000),
    };
  }

  private signerOf(token: string): KeyVersion | undefined {
    const kid = readKeyName(token);
    return this.keyring.live('access-tokens').find((version) => this.nameOf(version) === kid);
  }

  /** Names the key without telling it, so that tokens of a replaced one are known at once. */
  private nameOf(version: KeyVersion): string {
    const known = this.names.get(version.key);
    if (known) return known;
    const signed = this.keyring.sign('access-tokens', 'kid', version);
    const name = createHash('sha256').update(signed).digest('hex').slice(0, 12);
    this.names.set(version.key, name);
    return name;
  }

  private verify(token: string): unknown {
    try {
      return this.jwt.verify<object>(token, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: Math.floor(this.clock.ms() / 1_000),
        complete: true,
      });
    } catch (error) {
      throw (error as Error).name === 'TokenExpiredError' ? accessTokenHasExpired() : accessTokenIsInvalid();
    }
  }
}

function readKeyName(token: string): string | undefined {
  try {
    const [header = ''] = token.split('.', 1);
    return Header.parse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).kid;
  } catch {
    return undefined;
  }
}
