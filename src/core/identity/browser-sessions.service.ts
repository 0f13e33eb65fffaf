import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/tokens.js';
import { AccountsService } from './accounts.service.js';
import { sessionHasEnded } from './identity.errors.js';
import { MailLinksService } from './mail-links.service.js';
import { type Principal, SCOPES } from './principal.js';
import { type Described, ProfilesService } from './profiles.service.js';
import type { SignInClient } from './sign-in-client.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { SignInsService } from './sign-ins.service.js';

export interface BrowserSession {
  /** For the cookie; it is told this once. */
  token: string;
  person: Described;
}

/** 256 random bits, base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Sign-ins that a cookie keeps up. They end when they are not used for as long as a refresh token lasts. */
@Injectable()
export class BrowserSessionsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly links: MailLinksService,
    private readonly accounts: AccountsService,
    private readonly profiles: ProfilesService,
    private readonly signIns: SignInsService,
    private readonly repository: SignInsRepository,
    private readonly clock: Clock,
  ) {}

  /** How long one lasts unused. */
  get lastsSeconds(): number {
    return this.config.tokens.refreshSeconds;
  }

  /** For a link that was mailed; the first one makes the account. @throws 410 for a link that is no good any more */
  async open(link: string, client: SignInClient): Promise<BrowserSession> {
    const token = randomBytes(32).toString('base64url');
    await this.database.transaction(async () => {
      const { email } = await this.links.use(link, 'magic_link');
      const account = await this.accounts.open(email);
      await this.signIns.begin({ account, client, way: 'link', cookieHash: hashOf(token) });
    });
    return { token, person: await this.profiles.describe(await this.read(token)) };
  }

  /** @throws 401 */
  async read(token: string): Promise<Principal> {
    const lastsMs = this.lastsSeconds * 1_000;
    const since = new Date(this.clock.ms() - lastsMs);
    const found = TOKEN.test(token) ? await this.repository.findByCookie(hashOf(token), since) : undefined;
    if (!found) throw sessionHasEnded();
    const { lastUsedAt, ...state } = found;
    return { ...state, scopes: SCOPES, via: 'cookie', expiresAt: new Date(lastUsedAt.getTime() + lastsMs) };
  }
}

/** Of so many random bits a plain hash tells nothing. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
