import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsService } from './accounts.service.js';
import { type EmailAddress, readEmail } from './email-address.js';
import { linkIsOver } from './identity.errors.js';
import { MailLinksService } from './mail-links.service.js';
import { cleanOrganizationName, MAX_ORGANIZATION_NAME_LENGTH } from './organization.js';
import { registeredNameIsInvalid } from './password.errors.js';
import { PasswordsService } from './passwords.service.js';
import { newChoice, type NewRegistration, type PendingRegistration, readPending } from './registration.js';
import type { Registered } from './registration.js';
import { cleanUsername, MAX_USERNAME_LENGTH } from './user.js';

/** Whose address was confirmed, and whether the password that was chosen counts. */
export interface VerifiedEmail {
  email: EmailAddress;
  hasPassword: boolean;
}

/**
 * Accounts with a password. Whoever registers has proved nothing, so the registration waits in the link that is mailed: who
 * clicks gets what was sent with that link. No answer tells whether the address has an account; the mail does.
 */
@Injectable()
export class RegistrationsService {
  constructor(
    private readonly database: Database,
    private readonly links: MailLinksService,
    private readonly passwords: PasswordsService,
    private readonly accounts: AccountsService,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link that makes the account.
   * @returns the user to be; for an address with an account an id that never will be
   * @throws 400 for a field, 429 cooling down
   */
  async register(given: NewRegistration): Promise<Registered> {
    const email = readEmail(given.email);
    const names = readNames(given);
    await this.links.checkCooldown(email, 'verify_email');
    const passwordHash = await this.passwords.choose(given.password, { email, path: '/password' });
    const [before] = await this.listPending(email);
    const [isSame] = await this.passwords.compare(given.password, [before?.passwordHash]);
    const userId = newId('user', this.clock.ms());
    const choice = before && isSame ? before.choice : newChoice();
    const details: PendingRegistration = { userId, choice, passwordHash, ...names };
    await this.links.make({ purpose: 'verify_email', email, details });
    return { id: userId, email, firstName: names.firstName, lastName: names.lastName };
  }

  /** Mails the link of the newest registration again. @throws 400 malformed address, 429 cooling down */
  async resend(text: string): Promise<void> {
    const email = readEmail(text);
    const [pending] = await this.listPending(email);
    await this.links.make({ purpose: 'verify_email', email, ...(pending && { details: pending }) });
  }

  /** Those that wait for their click, newest first; also where the address has an account, and they never will be one. */
  async listPending(email: EmailAddress): Promise<PendingRegistration[]> {
    return readPending(await this.links.listDetails(email, 'verify_email'));
  }

  /**
   * Makes the account. Where registrations with several passwords wait, the click does not tell whose mail it was: then
   * none counts, and the owner of the address chooses one by a link.
   * @throws 410 used, too old, unknown, or the address has an account meanwhile
   */
  async verify(token: string): Promise<VerifiedEmail> {
    return this.database.transaction(async () => {
      const { email, details } = await this.links.use(token, 'verify_email');
      const [pending] = readPending([details]);
      if (!pending) throw linkIsOver();
      const others = await this.listPending(email);
      const isOnly = others.every(({ choice }) => choice === pending.choice);
      const { userId, passwordHash, firstName, lastName, organizationName } = pending;
      const account = await this.accounts.create({
        id: userId,
        email,
        firstName,
        lastName,
        organizationName,
        passwordHash: isOnly ? passwordHash : null,
      });
      if (!account) throw linkIsOver();
      await this.links.endAll(email, ['verify_email']);
      const { user, organizationId } = account;
      await this.activity.record({
        organizationId,
        action: 'account.registered',
        actor: { id: user.id, name: user.username },
        subject: { kind: 'user', id: user.id, name: user.username },
      });
      return { email, hasPassword: isOnly };
    });
  }
}

const readNames = ({ firstName, lastName, organizationName }: NewRegistration) => ({
  firstName: readName(firstName, '/first_name'),
  lastName: readName(lastName, '/last_name'),
  organizationName: readOrganizationName(organizationName),
});

function readName(text: string | undefined, path: '/first_name' | '/last_name'): string | null {
  if (text === undefined || text.trim() === '') return null;
  const name = cleanUsername(text);
  if (name === undefined) throw registeredNameIsInvalid(path, MAX_USERNAME_LENGTH);
  return name;
}

function readOrganizationName(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '') return null;
  const name = cleanOrganizationName(text);
  if (name === undefined) throw registeredNameIsInvalid('/organization_name', MAX_ORGANIZATION_NAME_LENGTH);
  return name;
}
