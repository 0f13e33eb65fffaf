import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Keyring, type KeyVersion } from '../../platform/crypto/keyring.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/tokens.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsService } from './accounts.service.js';
import { claimCode, isClaimCode } from './claim-code.js';
import { readEmail } from './email-address.js';
import { usernameIsInvalid } from './identity.errors.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { administratorHasAccount, claimCodeIsNeeded, claimCodeIsWrong } from './instance-claim.errors.js';
import { instanceIsClaimed } from './instance-claim.errors.js';
import { InstanceClaimRepository } from './instance-claim.repository.js';
import { PasswordSignInService, type SignedInMember } from './password-sign-in.service.js';
import { PasswordsService } from './passwords.service.js';
import type { Principal } from './principal.js';
import { checkSignInClient } from './refresh-tokens.service.js';
import type { SignInClient } from './sign-in-client.js';
import { cleanUsername } from './user.js';

/** Where whoever claims the instance is, and the code that they may have. */
export interface Claim {
  /** At the machine that it runs on, with no proxy between. */
  isThisMachine: boolean;
  code?: string | undefined;
}

export interface NewAdministrator {
  email: string;
  password: string;
  username?: string | undefined;
}

const CODE = 'claim code of this instance';

/** The first administrator of a fresh instance: whoever is at its machine, or has read what it printed there. */
@Injectable()
export class InstanceClaimService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly repository: InstanceClaimRepository,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
    private readonly signIn: PasswordSignInService,
    private readonly keyring: Keyring,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  async state({ isThisMachine }: Pick<Claim, 'isThisMachine'>): Promise<{ isClaimed: boolean; needsCode: boolean }> {
    return { isClaimed: await this.repository.hasAdministrator(), needsCode: !this.isNear(isThisMachine) };
  }

  /** For the terminal of whoever starts the instance; undefined once it has its administrator. */
  async codeToPrint(): Promise<string | undefined> {
    return (await this.repository.hasAdministrator()) ? undefined : this.code();
  }

  /** @throws 403 without the code, 409 when there is an administrator */
  async claim({ userId, username, organizationId }: Principal, claim: Claim): Promise<void> {
    await this.check(claim);
    await this.appointing(async () => {
      await this.repository.appoint(userId, this.clock.now());
      await this.tell({ userId, username, organizationId });
      this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { userId }));
    });
  }

  /**
   * Makes the account of the first administrator and signs them in. The address is taken at their word.
   * @throws 400 for a field, 403 without the code, 409 when there is an administrator or the address has an account
   */
  async setup(given: NewAdministrator, claim: Claim, client: SignInClient): Promise<SignedInMember> {
    checkSignInClient(client);
    await this.check(claim);
    const email = readEmail(given.email);
    const username = given.username === undefined ? undefined : cleanUsername(given.username);
    if (given.username !== undefined && username === undefined) throw usernameIsInvalid();
    const passwordHash = await this.passwords.choose(given.password, { email, path: '/password' });
    return this.appointing(async () => {
      const chosen = { email, passwordHash, isInstanceAdministrator: true };
      const account = await this.accounts.create({ ...chosen, ...(username !== undefined && { username }) });
      if (!account) throw administratorHasAccount();
      const { user, organizationId } = account;
      await this.tell({ userId: user.id, username: user.username, organizationId });
      return this.signIn.begin(account, client);
    });
  }

  private async check({ isThisMachine, code }: Claim): Promise<void> {
    if (await this.repository.hasAdministrator()) throw instanceIsClaimed();
    if (this.isNear(isThisMachine)) return;
    if (code === undefined) throw claimCodeIsNeeded();
    const isRight = this.keyring.live('refresh-tokens').some((key) => isClaimCode(code, this.code(key)));
    if (!isRight) throw claimCodeIsWrong();
  }

  /** In production, or behind a proxy, everybody seems to be near. */
  private isNear(isThisMachine: boolean): boolean {
    return isThisMachine && !this.config.production && !this.config.http.trustProxy;
  }

  private async appointing<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.repository.lock();
      if (await this.repository.hasAdministrator()) throw instanceIsClaimed();
      return work();
    });
  }

  private code(key?: KeyVersion): string {
    return claimCode(this.keyring.sign('refresh-tokens', CODE, key));
  }

  private async tell(who: { userId: UserId; username: string; organizationId: OrganizationId }): Promise<void> {
    const self = { id: who.userId, name: who.username };
    await this.activity.record({
      organizationId: who.organizationId,
      action: 'instance.claimed',
      actor: self,
      subject: { kind: 'user', ...self },
    });
  }
}
