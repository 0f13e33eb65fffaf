import { missingScopes, parseChallenge, unite } from '@app/oauth-client';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { FreshCache } from '../../platform/hints/fresh-cache.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { type Soon, whenHere } from '@app/soon';
import {
  type Account,
  type AccountId,
  type AccountTokens,
  type AccountOwner,
  accountTopic,
  type SignInPlace,
} from './account.js';
import { AccountRenewals } from './account-renewals.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { OurClientId } from './our-client.js';

/** A refusal of a server, as the connection to it heard it. */
export interface Refusal {
  status: number;
  wwwAuthenticate: string | undefined;
  /** What was sent, and refused. */
  sent: string | undefined;
}

/** What signs the requests of one account in. */
export interface SignedIn {
  accountId: AccountId;
  /** At hand but where the token has to be renewed first. @throws AppError UPSTREAM_SIGN_IN_NEEDED */
  header(): Soon<string>;
  /** Whether other tokens are to be had. @throws AppError UPSTREAM_SIGN_IN_NEEDED where only a person can mend it */
  renew(refusal: Refusal): Promise<boolean>;
}

const MOST_ACCOUNTS = 5_000;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;
/** Before a token ends: what is on its way is not to be late. */
const AHEAD_MS = 60_000;
/** A token that was refused so soon after it was given is not mended by another one. */
const JUST_NOW_MS = 30_000;
const TELL_USE_EVERY_MS = 5 * 60_000;

/** What the accounts at servers are used by: their tokens, always fresh, never leaving but in the header of a request. */
@Injectable()
export class AccountSessions implements OnModuleDestroy {
  private readonly known: FreshCache<Account | undefined>;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly renewals: AccountRenewals,
    private readonly ours: OurClientId,
    private readonly logger: Logger,
    private readonly clock: Clock,
    hints: Hints,
  ) {
    this.known = new FreshCache(hints, {
      topic: (key) => accountTopic(...ownerOf(key)),
      load: (key) => this.load(...ownerOf(key)),
      size: MOST_ACCOUNTS,
      maxAgeMs: MAX_AGE_MS,
    });
  }

  onModuleDestroy(): void {
    this.known.close();
  }

  /**
   * @param user on whose behalf; undefined: nobody's in particular, so any account of the server
   * @throws AppError UPSTREAM_SIGN_IN_NEEDED
   */
  of(place: SignInPlace, user: UserId | undefined): Soon<SignedIn> {
    const owner = place.settings.account === 'shared' ? null : user;
    if (owner === undefined) return this.ofAny(place);
    return whenHere(this.find(place, owner), (account) =>
      works(place, account) ? this.signedIn(place, account) : this.lookAgain(place, owner),
    );
  }

  /** Nobody is refused by what was true a moment ago: a sign-in in another process may not have been heard of here. */
  private async lookAgain(place: SignInPlace, owner: AccountOwner): Promise<SignedIn> {
    const account = await this.accounts.find(place.serverId, owner);
    if (works(place, account)) this.known.drop(keyOf(place.serverId, owner));
    return this.signedIn(place, account);
  }

  /** As `of`, as it is just now: a sign-in in another process may not have been heard of here. */
  ofNow(place: SignInPlace, user: UserId | undefined): Soon<SignedIn> {
    this.known.dropAll((key) => ownerOf(key)[0] === place.serverId);
    return this.of(place, user);
  }

  private async ofAny(place: SignInPlace): Promise<SignedIn> {
    const any = await this.accounts.findAnyOwner(place.serverId, place.accountVersion);
    if (!any) throw this.ours.signInNeeded(place, NOBODY);
    return this.signedIn(place, await this.find(place, any.owner));
  }

  private find({ serverId }: SignInPlace, owner: AccountOwner): Soon<Account | undefined> {
    return this.known.get(keyOf(serverId, owner));
  }

  private signedIn(place: SignInPlace, found: Account | undefined): SignedIn {
    const { id, owner } = this.working(place, found);
    return {
      accountId: id,
      header: () => whenHere(this.find(place, owner), (account) => this.headerOf(place, account)),
      renew: (refusal) => this.renew(place, owner, refusal),
    };
  }

  private headerOf(place: SignInPlace, found: Account | undefined): Soon<string> {
    const account = this.working(place, found);
    const leftMs = account.expiresAt ? account.expiresAt.getTime() - this.clock.ms() : Infinity;
    if (leftMs > AHEAD_MS) return bearer(account);
    return this.freshHeader(place, account, leftMs > 0);
  }

  private async freshHeader(place: SignInPlace, account: Account, stillCounts: boolean): Promise<string> {
    const canRenew = account.tokens?.refreshToken !== undefined || place.settings.grant === 'client_credentials';
    if (stillCounts && !canRenew) return bearer(account);
    try {
      return bearer(await this.renewed(place, account));
    } catch (error) {
      // The authorization server is away: what there is counts a moment longer.
      const current = await this.accounts.findById(account.id);
      if (stillCounts && current?.tokens && current.version === account.version) return bearer(current);
      throw error;
    }
  }

  private async renew(place: SignInPlace, owner: AccountOwner, refusal: Refusal): Promise<boolean> {
    const account = this.working(place, await this.accounts.find(place.serverId, owner));
    // Renewed by somebody else while this was on its way.
    if (bearer(account) !== refusal.sent) {
      this.known.drop(keyOf(place.serverId, owner));
      return true;
    }
    const challenge = parseChallenge(refusal.wwwAuthenticate) ?? {};
    if (refusal.status === 403)
      return this.wantMore(place, account, missingScopes(challenge, account.agreement.scopes));
    const { refreshedAt, connectedAt } = account;
    const since = this.clock.ms() - (refreshedAt ?? connectedAt).getTime();
    const canRenew = account.tokens?.refreshToken !== undefined || place.settings.grant === 'client_credentials';
    if (!canRenew || since < JUST_NOW_MS) {
      const reason = 'The server does not accept the sign-in any more.';
      await this.renewals.lose(place, account, reason);
      throw this.ours.signInNeeded(place, reason);
    }
    await this.renewed(place, account);
    return true;
  }

  /** By a person: more scopes are never asked for behind their back. What was asked for before is not asked for again. */
  private async wantMore(place: SignInPlace, account: Account, missing: readonly string[]): Promise<boolean> {
    if (missing.length === 0) return false;
    await this.accounts.want(account, unite(account.wantedScopes, missing));
    throw this.ours.signInNeeded(place, `The server asks for more rights: ${missing.join(', ').slice(0, 500)}.`);
  }

  private async renewed(place: SignInPlace, account: Account): Promise<Account> {
    const renewed = await this.renewals.renew(place, account);
    this.known.drop(keyOf(account.serverId, account.owner));
    return renewed;
  }

  private working(place: SignInPlace, account: Account | undefined): Account {
    if (works(place, account)) return account;
    const isOfPlace = account?.accountVersion === place.accountVersion;
    throw this.ours.signInNeeded(place, (isOfPlace && account.reason) || NOBODY);
  }

  private async load(serverId: ServerId, owner: AccountOwner): Promise<Account | undefined> {
    const account = await this.accounts.find(serverId, owner);
    if (account) void this.tellUse(account);
    return account;
  }

  private async tellUse({ id, lastUsedAt }: Account): Promise<void> {
    const now = this.clock.now();
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < TELL_USE_EVERY_MS) return;
    await this.accounts.used(id, now).catch((error: Error) => {
      this.logger.warn({ accountId: id, reason: error.message }, 'the use of an account was not noted');
    });
  }
}

const NOBODY = 'Nobody is signed in to this server.';

type WorkingAccount = Account & { tokens: AccountTokens };

const works = (place: SignInPlace, account: Account | undefined): account is WorkingAccount =>
  account?.accountVersion === place.accountVersion && account.status === 'connected' && account.tokens !== null;

const bearer = ({ tokens }: Account): string => `Bearer ${tokens?.accessToken ?? ''}`;

const keyOf = (serverId: ServerId, owner: AccountOwner): string => `${serverId} ${owner ?? ''}`;

function ownerOf(key: string): [ServerId, AccountOwner] {
  const [serverId = '', owner = ''] = key.split(' ');
  return [serverId as ServerId, owner === '' ? null : (owner as UserId)];
}
