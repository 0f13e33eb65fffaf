import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { normalIp } from './ip-address.js';
import type { Principal } from './principal.js';
import type { RefreshFamilyEntity } from './refresh-family.entity.js';
import type { SignInClient, SignInWay } from './sign-in-client.js';
import { SignInsRepository } from './sign-ins.repository.js';
import type { Account } from './user.js';

const MAX_USER_AGENT_LENGTH = 512;

/** How an end is told. */
const END = {
  signed_out: { action: 'sign_in.ended' },
  token_reused: { action: 'token.reused', outcome: 'failed' },
} as const;

export interface NewSignIn {
  account: Account;
  client: SignInClient;
  way: SignInWay;
  /** Of the session cookie; without one there are refresh tokens. */
  cookieHash?: string;
}

/** Beginning and end of each sign-in, whatever keeps it up between. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly database: Database,
    private readonly signIns: SignInsRepository,
    private readonly accounts: AccountsRepository,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction. */
  async begin({ account, client, way, cookieHash }: NewSignIn): Promise<RefreshFamilyEntity> {
    const { user, organizationId } = account;
    const now = this.clock.now();
    const signIn: RefreshFamilyEntity = {
      id: newId('fam', now.getTime()),
      userId: user.id,
      organizationId,
      kind: cookieHash === undefined ? 'tokens' : 'cookie',
      cookieHash: cookieHash ?? null,
      deviceFingerprint: client.deviceFingerprint ?? null,
      ip: normalIp(client.ip),
      lastIp: normalIp(client.ip),
      userAgent: client.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      createdAt: now,
      lastUsedAt: now,
      revokedAt: null,
      revokedBecause: null,
    };
    await this.signIns.add(signIn);
    await this.accounts.recordSignIn(user.id, now);
    await this.activity.record({
      organizationId,
      action: 'sign_in.succeeded',
      actor: { id: user.id, name: user.username },
      subject: { kind: 'sign_in', id: signIn.id, name: signIn.userAgent ?? '' },
      details: { way },
    });
    return signIn;
  }

  /** Part of the caller's transaction, which has locked it. */
  async end(signIn: RefreshFamilyEntity, because: keyof typeof END): Promise<void> {
    await this.signIns.revoke(signIn.id, because, this.clock.now());
    await this.activity.record({
      organizationId: signIn.organizationId,
      ...END[because],
      actor: { id: signIn.userId, name: await this.signIns.findOwnerName(signIn) },
      subject: { kind: 'sign_in', id: signIn.id, name: signIn.userAgent ?? '' },
    });
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { credentialId: signIn.id }));
  }

  /** Signs the caller out. Twice is once. */
  async endOwn(principal: Principal): Promise<void> {
    await this.database.transaction(async () => {
      const signIn = await this.signIns.lockOwn(principal);
      if (signIn) await this.end(signIn, 'signed_out');
    });
  }
}
