import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { type EmailAddress, readEmail } from './email-address.js';
import { credentialsAreWrong, emailIsNotVerified } from './password.errors.js';
import { PasswordsRepository } from './passwords.repository.js';
import { PasswordsService } from './passwords.service.js';
import type { Role } from './principal.js';
import { checkSignInClient, RefreshTokensService } from './refresh-tokens.service.js';
import { RegistrationsService } from './registrations.service.js';
import type { SignInClient } from './sign-in-client.js';
import { SignInFailures } from './sign-in-failures.js';
import type { SignedIn } from './sign-in.service.js';
import type { User } from './user.js';

export interface PasswordSignIn {
  email: string;
  password: string;
  /** How long the access token counts; unset: as the settings say. */
  accessSeconds?: number;
}

export interface SignedInMember extends SignedIn {
  organizationId: OrganizationId;
  role: Role;
}

/** The way in with a password. */
@Injectable()
export class PasswordSignInService {
  constructor(
    private readonly database: Database,
    private readonly owners: PasswordsRepository,
    private readonly passwords: PasswordsService,
    private readonly registrations: RegistrationsService,
    private readonly accounts: AccountsService,
    private readonly members: AccountsRepository,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokens,
    private readonly failures: SignInFailures,
  ) {}

  /**
   * @throws 400 malformed, 401 wrong (also: no account, no password), 403 right but the address was not confirmed yet,
   *   429 after ten attempts in a quarter of an hour, 503 when too many sign in at once
   */
  async signIn({ email, password, accessSeconds }: PasswordSignIn, client: SignInClient): Promise<SignedInMember> {
    const address = readEmail(email);
    checkSignInClient(client);
    await this.passwords.count(address);
    const hash = await this.check(address, password);
    const renewed = await this.passwords.renew(hash, password);
    return this.database.transaction(async () => {
      const owner = await this.owners.findByEmail(address);
      // Held until the sign-in is there: who changes the password meanwhile ends it with the others.
      const locked = owner && (await this.owners.lock(owner.userId, hash));
      if (!locked) throw credentialsAreWrong();
      if (renewed) await this.owners.rehash(locked.userId, { from: hash, to: renewed });
      await this.owners.clearAttempts(address);
      return this.begin(await this.accounts.open(address), client, accessSeconds);
    });
  }

  /** For who has just shown that they are this user. Part of the caller's transaction. */
  async begin(
    account: { user: User; organizationId: OrganizationId },
    client: SignInClient,
    accessSeconds = this.accessTokens.seconds,
  ): Promise<SignedInMember> {
    const { user, organizationId } = account;
    const { family, token } = await this.refreshTokens.begin(
      { user, organizationId, isNew: false },
      client,
      'password',
    );
    const accessToken = this.accessTokens.issue(
      { userId: user.id, organizationId, familyId: family.id },
      accessSeconds,
    );
    const state = await this.members.findSignedIn(user.id, organizationId, family.id);
    if (!state) throw credentialsAreWrong();
    const tokens = { accessToken, refreshToken: token, expiresInSeconds: accessSeconds };
    return { ...tokens, user, organizationId, role: state.role, isNew: false };
  }

  /**
   * The same work whatever there is: the account's password and that of a registration are both compared, else somebody
   * could register an address and see by the answer whether it has an account.
   * @returns the hash that fits
   */
  private async check(email: EmailAddress, password: string): Promise<string> {
    const owner = await this.owners.findByEmail(email);
    const [pending] = await this.registrations.listPending(email);
    const [isRight, isPending] = await this.passwords.compare(password, [owner?.hash, pending?.passwordHash]);
    if (isRight && typeof owner?.hash === 'string') return owner.hash;
    await this.failures.report(email, 'password');
    throw isPending ? emailIsNotVerified() : credentialsAreWrong();
  }
}
