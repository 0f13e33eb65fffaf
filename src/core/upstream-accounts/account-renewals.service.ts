import { OAuthClientError, refresh, requestAsClient, type Tokens } from '@app/oauth-client';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import { nextHint } from '../../platform/hints/next-hint.js';
import { newId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { Activity } from '../activity/activity.service.js';
import { type Account, accountTopic, type SignInPlace } from './account.js';
import { AccountsRepository, type Claim } from './accounts.repository.js';
import { OAuthChannel } from './oauth-channel.js';
import { OurClientId } from './our-client.js';
import { refreshIsSlow, signInFailed } from './upstream-accounts.errors.js';

/** Longer than the request to the authorization server may take: who holds a claim is then dead. */
const CLAIM_MS = 30_000;
const REQUEST_MS = 15_000;
/** For whoever waits for a renewal of another process. */
const WAIT_MS = 35_000;
const LOOK_EVERY_MS = 250;

/**
 * New tokens for old ones. A refresh token is used by one at a time, in all processes together: who comes second waits, and
 * reads what the first got. It is used again only where the first died before it could store an answer.
 */
@Injectable()
export class AccountRenewals implements OnModuleDestroy {
  private readonly running = new Map<string, Promise<Account>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly channel: OAuthChannel,
    private readonly activity: Activity,
    private readonly database: Database,
    private readonly hints: Hints,
    private readonly ours: OurClientId,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort(new Error('The process is stopping.'));
  }

  /**
   * @param seen what was known of the account; newer tokens that are there already are taken instead
   * @throws AppError UPSTREAM_SIGN_IN_NEEDED, or what stands in the way just now
   */
  renew(place: SignInPlace, seen: Account): Promise<Account> {
    const known = this.running.get(seen.id);
    if (known) return known;
    const renewing = this.renewAlone(place, seen).finally(() => this.running.delete(seen.id));
    this.running.set(seen.id, renewing);
    return renewing;
  }

  /** It counts no more, whatever was tried. */
  async lose(place: SignInPlace, account: Account, reason: string): Promise<void> {
    await untilStored(
      () =>
        this.database.transaction(async () => {
          if (!(await this.accounts.lose(account, reason))) return;
          await this.activity.record({
            organizationId: account.organizationId,
            action: 'server.account_lost',
            outcome: 'failed',
            actor: null,
            subject: { kind: 'server', id: place.serverId, name: place.name },
            details: { reason, account: account.owner ?? 'shared' },
          });
          this.tell(account);
        }),
      { signal: this.stopping.signal },
    );
  }

  private async renewAlone(place: SignInPlace, seen: Account): Promise<Account> {
    const claim: Claim = { by: newId('uac'), forMs: CLAIM_MS };
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const current = await this.accounts.findById(seen.id);
      if (!current?.tokens || current.status !== 'connected') {
        throw this.ours.signInNeeded(place, current?.reason ?? 'Nobody is signed in to the server.');
      }
      if (current.version !== seen.version) return current;
      if (await this.accounts.claim(current, claim)) return this.renewClaimed(place, current, claim);
      if (performance.now() > until || this.stopping.signal.aborted) throw refreshIsSlow();
      await nextHint(this.hints, accountTopic(current.serverId, current.owner), LOOK_EVERY_MS);
    }
  }

  private async renewClaimed(place: SignInPlace, account: Account, claim: Claim): Promise<Account> {
    try {
      const tokens = await this.ask(place, account);
      return await this.store(account, tokens);
    } catch (error) {
      if (!(error instanceof OAuthClientError)) throw error;
      if (error.code === 'OAUTH_GRANT_INVALID' || error.code === 'OAUTH_CLIENT_REFUSED') {
        await this.lose(place, account, error.message);
        throw this.ours.signInNeeded(place, error.message);
      }
      await this.accounts.release(account, claim).catch((fault: Error) => {
        // Its time runs out by itself.
        this.logger.warn({ accountId: account.id, reason: fault.message }, 'a claim could not be released');
      });
      throw signInFailed(error);
    }
  }

  private async ask(place: SignInPlace, { agreement, tokens }: Account): Promise<Tokens> {
    const http = { ...this.channel.of(place, this.stopping.signal), timeoutMs: REQUEST_MS };
    if (place.settings.grant === 'client_credentials') {
      return requestAsClient(http, agreement, agreement.scopes.length > 0 ? agreement.scopes : undefined);
    }
    if (tokens?.refreshToken === undefined) {
      throw new OAuthClientError('OAUTH_GRANT_INVALID', 'The sign-in has run out.', { fix: 'Sign in again.' });
    }
    return refresh(http, agreement, tokens.refreshToken);
  }

  /** The old refresh token counts no more: the answer is kept in hand until the database takes it. */
  private async store(account: Account, { accessToken, refreshToken, expiresIn }: Tokens): Promise<Account> {
    const at = this.clock.now();
    const kept = refreshToken ?? account.tokens?.refreshToken;
    const tokens = { accessToken, ...(kept !== undefined && { refreshToken: kept }) };
    const expiresAt = expiryOf(expiresIn, at);
    const stored = await untilStored(() => this.accounts.storeTokens(account, tokens, { expiresAt, at }), {
      onPause: (pauseMs) => this.logger.warn({ pauseMs }, 'renewed tokens wait for the database'),
    });
    if (stored) this.tell(account);
    const current = await this.accounts.findById(account.id);
    return current ?? { ...account, tokens, expiresAt, refreshedAt: at, version: account.version + 1 };
  }

  private tell({ serverId, owner }: Account): void {
    this.database.afterCommit(() => this.hints.publish(accountTopic(serverId, owner)));
  }
}

export const expiryOf = (expiresIn: number | undefined, now: Date): Date | null =>
  expiresIn === undefined ? null : new Date(now.getTime() + expiresIn * 1_000);
