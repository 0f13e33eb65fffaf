import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import { Hints } from '../../platform/hints/hints.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsRepository } from './accounts.repository.js';
import { accessTokenIsInvalid } from './identity.errors.js';
import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';
import { FAMILY_REVOKED } from './refresh-tokens.service.js';

const MAX_CACHED = 10_000;
/** A sign-out that this process did not hear of counts after this long. */
const FRESH_MS = 2_000;

const Revoked = z.object({ familyId: z.string() });

/** Tells who a credential belongs to. */
@Injectable()
export class IdentityService implements OnModuleDestroy {
  private readonly cache = new PrincipalCache(MAX_CACHED, FRESH_MS);
  private readonly unsubscribe: () => void;
  /** Counts what was revoked, so that an answer read before a revocation is not kept after it. */
  private revocations = 0;

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly accounts: AccountsRepository,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    hints: Hints,
  ) {
    this.unsubscribe = hints.subscribe(FAMILY_REVOKED, (data) => this.forget(data));
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /** @throws 401 when the access token is not valid, has expired, or its sign-in has ended */
  async authenticate(accessToken: string): Promise<Principal> {
    const key = createHash('sha256').update(accessToken).digest('base64url');
    const known = this.cache.find(key, this.clock.now());
    if (known) return known;

    if (!this.accessTokens.namesKnownKey(accessToken)) await this.keyring.lookAgain();
    const { userId, organizationId, familyId, expiresAt } = this.accessTokens.read(accessToken);
    const before = this.revocations;
    const state = await this.accounts.findSignedIn(userId, organizationId, familyId);
    if (!state) throw accessTokenIsInvalid();
    const principal: Principal = { userId, organizationId, familyId, expiresAt, via: 'access_token', ...state };
    if (before === this.revocations) this.cache.keep(key, principal, this.clock.now());
    return principal;
  }

  /** The families among those of the principals whose sign-in has ended: for what stays open longer than a request. */
  async listEnded(principals: readonly Principal[]): Promise<ReadonlySet<string>> {
    const byFamily = new Map(principals.map((principal) => [principal.familyId, principal]));
    return byFamily.size === 0 ? new Set() : new Set(await this.accounts.listEnded([...byFamily.values()]));
  }

  private forget(data: unknown): void {
    this.revocations += 1;
    const revoked = Revoked.safeParse(data);
    if (revoked.success) this.cache.forgetFamily(revoked.data.familyId);
  }
}
