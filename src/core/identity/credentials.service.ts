import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { CONFIG } from '../../platform/tokens.js';
import type { CredentialsOf, ListedCredential } from './credential-list.js';
import { CredentialsRepository } from './credentials.repository.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { credentialNotFound } from './identity.errors.js';
import type { Principal } from './principal.js';

/** The one page of truth: all by which a user is let in, and the end of it. What ends here ends on live sockets too. */
@Injectable()
export class CredentialsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly credentials: CredentialsRepository,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Sign-ins and keys that count, in all organizations of the user, last used first. */
  async list(principal: Principal): Promise<ListedCredential[]> {
    return this.credentials.listOwn(principal, this.clock.now(), this.config.tokens.refreshSeconds);
  }

  /** @throws 404 for what is unknown, somebody else's, or ended already */
  async revoke(principal: Principal, id: string): Promise<void> {
    const one = { userId: principal.userId, id };
    const ended = (await this.endSignIns(one, 'revoked')) + (await this.endKeys(one));
    if (ended === 0) throw credentialNotFound();
  }

  /** @returns how many ended */
  async revokeAll(principal: Principal, which: { includeCurrent: boolean; includeKeys: boolean }): Promise<number> {
    const { userId, credentialId } = principal;
    const all: CredentialsOf = which.includeCurrent ? { userId } : { userId, except: credentialId };
    return this.database.transaction(async () => {
      const signIns = await this.endSignIns(all, 'revoked');
      return which.includeKeys ? signIns + (await this.endKeys(all)) : signIns;
    });
  }

  /** After a new password: whoever knew the old one is out, keys are left. Part of the caller's transaction. */
  async endForNewPassword(of: CredentialsOf): Promise<number> {
    return this.endSignIns(of, 'password_changed');
  }

  /** All that a member could come in by: none of it counts again when they are invited again. Part of the caller's transaction. */
  async endForRemovedMember({ userId, organizationId }: Required<Pick<CredentialsOf, 'userId' | 'organizationId'>>) {
    const now = this.clock.now();
    await this.credentials.endSignIns({ userId, organizationId }, 'member_removed', now);
    await this.credentials.endKeys({ userId, organizationId }, 'member_removed', now);
    this.tell({ userId, organizationId });
  }

  private async endSignIns(of: CredentialsOf, because: 'revoked' | 'password_changed'): Promise<number> {
    const ended = await this.credentials.endSignIns(of, because, this.clock.now());
    if (ended > 0) this.tell(of);
    return ended;
  }

  private async endKeys(of: CredentialsOf): Promise<number> {
    const ended = await this.credentials.endKeys(of, 'revoked', this.clock.now());
    if (ended > 0) this.tell(of);
    return ended;
  }

  private tell({ userId }: CredentialsOf): void {
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { userId }));
  }
}
