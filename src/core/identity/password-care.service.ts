import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ORIGIN, type Origin } from '../../platform/tokens.js';
import { Activity } from '../activity/activity.service.js';
import type { ActivityAction } from '../activity/activity.js';
import { AccountsService } from './accounts.service.js';
import { CredentialsService } from './credentials.service.js';
import { readEmail } from './email-address.js';
import { accessTokenIsInvalid, linkIsOver } from './identity.errors.js';
import { MailLinksService } from './mail-links.service.js';
import { currentPasswordIsWrong, passwordIsNotSet } from './password.errors.js';
import { passwordChanged } from './password-changed.job.js';
import { type PasswordOwner, PasswordsRepository } from './passwords.repository.js';
import { PasswordsService } from './passwords.service.js';
import type { Principal } from './principal.js';

interface Replacement {
  hash: string;
  action: ActivityAction;
  /** Whose activity tells of it. */
  organizationId: OrganizationId;
}

const NEW_PASSWORD = '/new_password';

/** A new password in the place of the old one: by who knows that, or by a link. Ends what the old one let in. */
@Injectable()
export class PasswordCareService {
  constructor(
    @Inject(ORIGIN) private readonly origin: Origin,
    private readonly database: Database,
    private readonly owners: PasswordsRepository,
    private readonly passwords: PasswordsService,
    private readonly accounts: AccountsService,
    private readonly credentials: CredentialsService,
    private readonly links: MailLinksService,
    private readonly activity: Activity,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends every other sign-in of the user; the one that asks goes on, and so do keys.
   * @throws 400 not the current password, or one that is not taken; 409 there is none; 429 too many guesses
   */
  async change(principal: Principal, { current, next }: { current: string; next: string }): Promise<void> {
    const owner = await this.owners.findVisible(principal);
    if (!owner) throw accessTokenIsInvalid();
    const { userId, email, hash } = owner;
    if (hash === null) throw passwordIsNotSet();
    await this.passwords.count(email);
    const [isRight] = await this.passwords.compare(current, [hash]);
    if (!isRight) throw currentPasswordIsWrong();
    const nextHash = await this.passwords.choose(next, { email, path: NEW_PASSWORD });
    await this.database.transaction(async () => {
      if (!(await this.owners.lock(userId, hash))) throw currentPasswordIsWrong();
      await this.replace(owner, {
        hash: nextHash,
        action: 'password.changed',
        organizationId: principal.organizationId,
      });
      await this.credentials.endForNewPassword({ userId, except: principal.credentialId });
    });
  }

  /** Mails a link to choose a new one, or that there is no account. @throws 400 malformed address, 429 cooling down */
  async forgot(email: string): Promise<void> {
    await this.links.make({ purpose: 'reset_password', email: readEmail(email) });
  }

  /** Ends all sign-ins of the user. @throws 400 for a password that is not taken, 410 for the link */
  async reset(token: string, next: string): Promise<void> {
    const { email, purpose } = await this.links.peek(token);
    if (purpose !== 'reset_password') throw linkIsOver();
    const hash = await this.passwords.choose(next, { email, path: NEW_PASSWORD });
    await this.database.transaction(async () => {
      await this.links.use(token, 'reset_password');
      const owner = await this.owners.findByEmail(email);
      if (!owner) throw linkIsOver();
      const organizationId = await this.accounts.homeOf({ id: owner.userId, username: owner.username });
      await this.replace(owner, { hash, action: 'password.reset', organizationId });
      await this.credentials.endForNewPassword({ userId: owner.userId });
    });
  }

  private async replace({ userId, email, username }: PasswordOwner, { hash, action, organizationId }: Replacement) {
    const now = this.clock.now();
    await this.owners.set(userId, hash, now);
    await this.owners.clearAttempts(email);
    // Whoever could read the mails of before must not come in by one of them after this.
    await this.links.endAll(email, ['magic_link', 'reset_password']);
    await this.jobs.enqueue(passwordChanged, { userId, origin: this.origin.url, at: now.toISOString() });
    const self = { id: userId, name: username };
    await this.activity.record({ organizationId, action, actor: self, subject: { kind: 'user', ...self } });
  }
}
