import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import { Database } from '../../platform/database/database.js';
import type { Id } from '../../platform/ids.js';
import { CONFIG } from '../../platform/tokens.js';
import { deviceFingerprintIsInvalid, refreshTokenIsInvalid } from './identity.errors.js';
import { normalIp } from './ip-address.js';
import type { RefreshFamilyEntity } from './refresh-family.entity.js';
import type { RefreshTokenEntity } from './refresh-token.entity.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import type { SignInClient, SignInWay } from './sign-in-client.js';
import { SignInsService } from './sign-ins.service.js';
import { type Account, isPrintable } from './user.js';

/** Requests that were in flight with one token are all served; later it counts as stolen. */
const GRACE_MS = 10_000;
const MAX_FINGERPRINT_LENGTH = 512;

export interface Rotated {
  family: RefreshFamilyEntity;
  token: string;
}

/**
 * Refresh tokens: 256 random bits, stored as a keyed hash. A family is a chain, never a tree: the successor of a token is
 * an HMAC of it and of a random seed in its row, so that all requests in flight with one token get the same one. A thief
 * and the owner therefore never hold two live branches, and whoever comes second with a token betrays the theft.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly repository: RefreshTokensRepository,
    private readonly signIns: SignInsService,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {}

  /** Begins a family. Part of the caller's transaction. */
  async begin(account: Account, client: SignInClient, way: SignInWay): Promise<Rotated> {
    const token = randomBytes(32).toString('base64url');
    const family = await this.signIns.begin({ account, client, way });
    await this.addToken(family.id, token, family.createdAt);
    return { family, token };
  }

  /** @throws 401 for a token that is unknown, expired, revoked, or used longer ago than the grace */
  async rotate(token: string, { ip }: Pick<SignInClient, 'ip'>): Promise<Rotated> {
    return this.inFamilyOf(token, async (family, now) => ({
      family,
      token: await this.advance(family, token, normalIp(ip), now),
    }));
  }

  /** Ends the sign-in that the token belongs to. @throws 401 as `rotate` */
  async end(token: string): Promise<void> {
    await this.inFamilyOf(token, (family) => this.signIns.end(family, 'signed_out'));
  }

  private async inFamilyOf<T>(token: string, work: (family: RefreshFamilyEntity, now: Date) => Promise<T>): Promise<T> {
    const outcome = await this.database.transaction(async () => {
      const hashes = this.hashes(token);
      const family = await this.repository.lockFamilyOf(hashes);
      const row = family && (await this.repository.findToken(hashes));
      const now = this.clock.now();
      if (!row || row.expiresAt <= now) return undefined;
      if (row.usedAt && now.getTime() - row.usedAt.getTime() > GRACE_MS) {
        await this.signIns.end(family, 'token_reused');
        return undefined;
      }
      return { value: await work(family, now) };
    });
    // Only here: thrown inside, it would take the revocation back.
    if (!outcome) throw refreshTokenIsInvalid();
    return outcome.value;
  }

  /** @returns the last token of the chain, one link longer when the given one was the last */
  private async advance(family: RefreshFamilyEntity, given: string, ip: string, now: Date): Promise<string> {
    let token = given;
    let row = await this.repository.findToken(this.hashes(token));
    if (row && !row.usedAt) {
      await this.repository.markUsed(row.hash, now);
      const next = this.successor(token, row);
      await this.addToken(family.id, next, now);
      await this.repository.touchFamily(family.id, ip, now);
      return next;
    }
    while (row?.usedAt) {
      token = this.successor(token, row);
      row = await this.repository.findToken(this.hashes(token));
    }
    return token;
  }

  private async addToken(familyId: Id<'fam'>, token: string, now: Date): Promise<void> {
    await this.repository.addToken({
      hash: this.hash(token),
      familyId,
      successorSeed: randomBytes(32).toString('base64url'),
      createdAt: now,
      expiresAt: new Date(now.getTime() + this.config.tokens.refreshSeconds * 1_000),
      usedAt: null,
    });
  }

  /** What may be stored of a token: its hash by each key that counts. */
  private hashes(token: string): string[] {
    return this.keyring.live('refresh-tokens').map((key) => this.hash(token, key));
  }

  private hash(token: string, key = this.keyring.active('refresh-tokens')): string {
    return this.keyring.sign('refresh-tokens', `stored ${token}`, key);
  }

  /** By the key that made the row, so that it stays the same when a newer one comes into use. */
  private successor(token: string, { hash, successorSeed }: RefreshTokenEntity): string {
    const key = this.keyring.live('refresh-tokens').find((version) => this.hash(token, version) === hash);
    return this.keyring.sign('refresh-tokens', `successor ${successorSeed} ${token}`, key);
  }
}

/** @throws 400 */
export function checkSignInClient({ deviceFingerprint = '' }: SignInClient): void {
  if (deviceFingerprint.length > MAX_FINGERPRINT_LENGTH || !isPrintable(deviceFingerprint)) {
    throw deviceFingerprintIsInvalid();
  }
}
