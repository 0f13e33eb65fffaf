import {
  askForChallenge,
  beginAuthorization,
  chooseScopes,
  discover,
  type Discovery,
  exchangeCode,
  type GivenClient,
  obtainClient,
  type OAuthClient,
  OAuthClientError,
  readAuthorizationResponse,
  requestAsClient,
  revoke,
  type Tokens,
  unite,
} from '@app/oauth-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type ServerId, type UserId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { Activity } from '../activity/activity.service.js';
import {
  type Account,
  type AccountDescription,
  type AccountOwner,
  accountTopic,
  type Agreement,
  serverAccountsTopic,
  type Standing,
} from './account.js';
import type { SignInPlace, SignInSecrets } from './account.js';
import { expiryOf } from './account-renewals.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { type BegunSignIn, SIGN_IN_MS } from './begun-sign-in.js';
import { BegunSignInsRepository } from './begun-sign-ins.repository.js';
import { ClientsRepository } from './clients.repository.js';
import { OAuthChannel } from './oauth-channel.js';
import { OurClientId } from './our-client.js';
import { clientIsOfAnotherIssuer, signInFailed, signInIsOutdated } from './upstream-accounts.errors.js';

export interface Beginning {
  userId: UserId;
  username: string;
  /** Known to one browser only, which alone may end what it began. */
  browser: string;
  signal?: AbortSignal | undefined;
}

/** Where a person goes on; of a machine account nowhere: it is connected. */
export type Begun = { authorizationUrl: string; expiresAt: Date } | { connected: true };

/** Signing in to servers, and out of them. Who may do so is asked before. */
@Injectable()
export class SignIns {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly clients: ClientsRepository,
    private readonly begun: BegunSignInsRepository,
    private readonly channel: OAuthChannel,
    private readonly ours: OurClientId,
    private readonly activity: Activity,
    private readonly database: Database,
    private readonly hints: Hints,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError OAUTH_… with what to do about it */
  async begin(place: SignInPlace, secrets: SignInSecrets, beginning: Beginning): Promise<Begun> {
    return told(async () => {
      const owner = ownerAt(place, beginning.userId);
      const before = await this.accounts.find(place.serverId, owner);
      const current = before?.accountVersion === place.accountVersion ? before : undefined;
      const http = this.channel.of(place, beginning.signal);
      const challenge = await askForChallenge(http, place.url, place.plainHeaders);
      const discovery = await discover(http, place.url, { challenge, issuer: current?.agreement.server.issuer });
      const client = await this.clientFor(place, secrets, discovery, beginning);
      const scopes = chooseScopes({
        chosen: place.settings.scopes ?? undefined,
        challenge,
        offeredByResource: discovery.scopes,
        offeredByServer: discovery.server.scopes_supported,
        before: isSameIssuer(current, discovery) ? unite(current.agreement.scopes, current.wantedScopes) : [],
        offline: place.settings.grant === 'authorization_code',
      });
      const agreement = { server: discovery.server, client, resource: discovery.resource, scopes: scopes ?? [] };
      if (place.settings.grant === 'client_credentials') {
        await this.keep(place, beginning.userId, agreement, await requestAsClient(http, agreement, scopes));
        return { connected: true };
      }
      return this.leave(place, agreement, beginning);
    });
  }

  /** Undefined for a state that nobody began with, that was used, that is too old, or of another browser. */
  takeBegun(parameters: URLSearchParams, browser: string): Promise<BegunSignIn | undefined> {
    return this.begun.take({ state: parameters.get('state') ?? '', browser, now: this.clock.now() });
  }

  /**
   * The way back of the browser.
   * @param place the server as it is now
   * @throws AppError OAUTH_…
   */
  async complete(begun: BegunSignIn, place: SignInPlace, parameters: URLSearchParams): Promise<void> {
    if (place.accountVersion !== begun.accountVersion) throw signInIsOutdated();
    const { agreement, redirectUri, verifier } = begun;
    return told(async () => {
      const answer = readAuthorizationResponse(agreement, parameters, begun.state);
      const http = this.channel.of(place);
      const tokens = await exchangeCode(http, agreement, { parameters: answer, redirectUri, verifier });
      await this.keep(place, begun.userId, agreement, tokens);
    }).catch(async (error: unknown) => {
      await this.forgetRefused(place, agreement.client, error);
      throw error;
    });
  }

  /** What one has at the server, or what all have. */
  async describe(place: SignInPlace, userId: UserId): Promise<AccountDescription> {
    const account = await this.accounts.find(place.serverId, ownerAt(place, userId));
    return account?.accountVersion === place.accountVersion ? describe(account) : NOT_CONNECTED;
  }

  /** The same of many, in short. */
  async listStandings(places: readonly SignInPlace[], userId: UserId): Promise<ReadonlyMap<ServerId, Standing>> {
    if (places.length === 0) return new Map();
    const wanted = places.map((place) => ({ ...place, owner: ownerAt(place, userId) }));
    const found = await this.accounts.listStatuses(wanted);
    const known = new Map(found.map(({ serverId, status }) => [serverId, status]));
    return new Map(places.map(({ serverId }) => [serverId, known.get(serverId) ?? 'not_connected']));
  }

  /** Signs out, at the authorization server as well where it takes that. */
  async disconnect(place: SignInPlace, userId: UserId): Promise<void> {
    const owner = ownerAt(place, userId);
    const account = await this.accounts.find(place.serverId, owner);
    await this.database.transaction(async () => {
      await this.accounts.remove(place.serverId, owner);
      if (account) await this.record(place, 'server.account_disconnected', owner);
      this.tell(place.serverId, owner);
    });
    if (account?.tokens) await this.revoke(place, account);
  }

  /** The server is another place now. In the transaction of that change. */
  async forgetOutdated(serverId: ServerId, accountVersion: number): Promise<void> {
    for (const owner of await this.accounts.removeOutdated(serverId, accountVersion))
      this.tell(serverId, owner || null);
  }

  private async clientFor(
    place: SignInPlace,
    secrets: SignInSecrets,
    { server }: Discovery,
    { userId, signal }: Beginning,
  ): Promise<OAuthClient> {
    const { clientId } = place.settings;
    const given: GivenClient | undefined = clientId === null ? undefined : { clientId, ...secrets };
    if (given) {
      const issuers = await this.clients.findIssuers(place);
      if (issuers.length > 0 && !issuers.includes(server.issuer)) throw clientIsOfAnotherIssuer();
    } else if (!(await this.begun.isUnderWay(place, userId, this.clock.now()))) {
      // Whoever set out with it and did not come back may have been told that nobody knows it.
      const known = await this.clients.find(place, server.issuer);
      const ends = (known?.secretExpiresAt ?? Infinity) * 1_000;
      if (known?.origin === 'dynamic' && ends > this.clock.ms()) return known;
    }
    return obtainClient(this.channel.of(place, signal), server, this.ours.describe(), given);
  }

  private async leave(
    place: SignInPlace,
    agreement: Agreement,
    { userId, username, browser }: Beginning,
  ): Promise<Begun> {
    const { redirectUri } = this.ours.describe();
    const { server, client, resource, scopes } = agreement;
    const asked = scopes.length > 0 ? scopes : undefined;
    const { url, state, verifier } = await beginAuthorization({ server, client, redirectUri, resource, scopes: asked });
    const expiresAt = new Date(this.clock.ms() + SIGN_IN_MS);
    const { serverId, organizationId, accountVersion } = place;
    await this.begun.put(
      { serverId, organizationId, userId, username, accountVersion, agreement, redirectUri, state, verifier },
      { browser, expiresAt },
    );
    return { authorizationUrl: url, expiresAt };
  }

  private async keep(place: SignInPlace, userId: UserId, agreement: Agreement, tokens: Tokens): Promise<void> {
    const now = this.clock.now();
    const owner = ownerAt(place, userId);
    const { accessToken, refreshToken, expiresIn } = tokens;
    const account: Account = {
      id: newId('uac', now.getTime()),
      organizationId: place.organizationId,
      serverId: place.serverId,
      owner,
      accountVersion: place.accountVersion,
      status: 'connected',
      reason: null,
      agreement,
      tokens: { accessToken, ...(refreshToken !== undefined && { refreshToken }) },
      version: 1,
      expiresAt: expiryOf(expiresIn, now),
      wantedScopes: [],
      connectedBy: userId,
      connectedAt: now,
      refreshedAt: null,
      lastUsedAt: null,
    };
    await untilStored(() =>
      this.database.transaction(async () => {
        await this.accounts.put(account);
        await this.clients.put(place, agreement.client, now);
        await this.record(place, 'server.account_connected', owner);
        this.tell(place.serverId, owner);
      }),
    );
  }

  /** A registration that is not known there any more is made anew the next time. */
  private async forgetRefused({ serverId }: SignInPlace, client: OAuthClient, error: unknown): Promise<void> {
    if ((error as { code?: unknown }).code === 'OAUTH_CLIENT_REFUSED' && client.origin === 'dynamic') {
      await this.clients.remove(serverId, client.issuer);
    }
  }

  private async revoke(place: SignInPlace, { agreement, tokens, id }: Account): Promise<void> {
    const token = tokens?.refreshToken ?? tokens?.accessToken;
    try {
      if (token !== undefined) await revoke(this.channel.of(place), agreement, token);
    } catch (error) {
      // It is forgotten here all the same.
      this.logger.warn({ accountId: id, reason: (error as Error).message }, 'a sign-in was not revoked');
    }
  }

  private async record(
    { serverId, organizationId, name }: SignInPlace,
    action: 'server.account_connected' | 'server.account_disconnected',
    owner: AccountOwner,
  ): Promise<void> {
    const subject = { kind: 'server', id: serverId, name };
    await this.activity.record({ organizationId, action, subject, details: { account: owner ?? 'shared' } });
  }

  private tell(serverId: ServerId, owner: AccountOwner): void {
    this.database.afterCommit(() => {
      this.hints.publish(accountTopic(serverId, owner));
      this.hints.publish(serverAccountsTopic(serverId));
    });
  }
}

const ownerAt = ({ settings }: SignInPlace, userId: UserId): AccountOwner =>
  settings.account === 'shared' ? null : userId;

const isSameIssuer = (account: Account | undefined, { server }: Discovery): account is Account =>
  account?.agreement.server.issuer === server.issuer;

const NOT_CONNECTED: AccountDescription = {
  status: 'not_connected',
  reason: null,
  issuer: null,
  scopes: [],
  wantedScopes: [],
  expiresAt: null,
  connectedAt: null,
  connectedBy: null,
  refreshedAt: null,
  lastUsedAt: null,
};

function describe(account: Account): AccountDescription {
  const { status, reason, agreement, wantedScopes, expiresAt, connectedAt, connectedBy, refreshedAt, lastUsedAt } =
    account;
  const issuer = URL.parse(agreement.server.issuer)?.host ?? null;
  const { scopes } = agreement;
  return { status, reason, issuer, scopes, wantedScopes, expiresAt, connectedAt, connectedBy, refreshedAt, lastUsedAt };
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof OAuthClientError ? signInFailed(error) : error;
  }
}
