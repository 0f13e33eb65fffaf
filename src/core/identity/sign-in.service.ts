import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsService } from './accounts.service.js';
import { type EmailAddress, readEmail } from './email-address.js';
import { codeIsMalformed } from './identity.errors.js';
import { isCodeShaped } from './one-time-code.js';
import { MailLinksService } from './mail-links.service.js';
import { OneTimeCodesService } from './one-time-codes.service.js';
import { checkSignInClient, RefreshTokensService, type Rotated } from './refresh-tokens.service.js';
import type { SignInClient, SignInWay } from './sign-in-client.js';
import type { User } from './user.js';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Of the access token, from now. */
  expiresInSeconds: number;
}

export interface SignedIn extends Tokens {
  user: User;
  isNew: boolean;
}

/** The way in and out: a code by mail, tokens for it, fresh tokens, the end. */
@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly codes: OneTimeCodesService,
    private readonly links: MailLinksService,
    private readonly accounts: AccountsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokens,
  ) {}

  /** @throws 400 malformed address, 429 cooling down */
  async requestCode(email: string, client: SignInClient): Promise<{ cooldownSeconds: number }> {
    return { cooldownSeconds: await this.codes.request(readEmail(email), client.ip) };
  }

  /** @throws 400 malformed, 401 wrong, 410 expired or used, 429 locked */
  async verifyCode(email: string, code: string, client: SignInClient): Promise<SignedIn> {
    const address = readEmail(email);
    if (!isCodeShaped(code)) throw codeIsMalformed();
    checkSignInClient(client);

    // Counted outside the transaction: what fails later must not give the guess back.
    const codeId = await this.codes.check(address, code, client.ip);
    return this.database.transaction(async () => {
      await this.codes.use(codeId);
      return this.begin(address, client, 'code');
    });
  }

  /** @throws 400 malformed address, 429 cooling down */
  async requestLink(email: string): Promise<{ cooldownSeconds: number }> {
    return { cooldownSeconds: await this.links.make({ purpose: 'magic_link', email: readEmail(email) }) };
  }

  /** @throws 410 for a link that is no good any more */
  async verifyLink(link: string, client: SignInClient): Promise<SignedIn> {
    checkSignInClient(client);
    return this.database.transaction(async () => {
      const { email } = await this.links.use(link, 'magic_link');
      return this.begin(email, client, 'link');
    });
  }

  /**
   * @param accessSeconds how long the access token counts; unset: as the settings say
   * @throws 401
   */
  async refresh(refreshToken: string, client: Pick<SignInClient, 'ip'>, accessSeconds?: number): Promise<Tokens> {
    return this.tokens(await this.refreshTokens.rotate(refreshToken, client), accessSeconds);
  }

  /** @throws 401 */
  async signOut(refreshToken: string): Promise<void> {
    await this.refreshTokens.end(refreshToken);
  }

  private async begin(email: EmailAddress, client: SignInClient, way: SignInWay): Promise<SignedIn> {
    const account = await this.accounts.open(email);
    const begun = await this.refreshTokens.begin(account, client, way);
    return { ...this.tokens(begun), user: account.user, isNew: account.isNew };
  }

  private tokens({ family, token }: Rotated, accessSeconds = this.accessTokens.seconds): Tokens {
    const { userId, organizationId, id: familyId } = family;
    const accessToken = this.accessTokens.issue({ userId, organizationId, familyId }, accessSeconds);
    return { accessToken, refreshToken: token, expiresInSeconds: accessSeconds };
  }
}
