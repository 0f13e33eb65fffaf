import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId } from '../../platform/ids.js';
import type { ActivityAction } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import type { ClientGrant, ConnectedClient, EndOfGrant, GrantId, NewClientGrant } from './client-grant.js';
import { ClientGrantsRepository, type GrantState } from './client-grants.repository.js';
import { accessTokenIsInvalid, clientIsNotConnected } from './identity.errors.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import type { Principal } from './principal.js';
import type { ResourceClaims } from './resource-tokens.js';

/** Clients that people let in by OAuth: what they were given, and its end. */
@Injectable()
export class ClientGrantsService {
  constructor(
    private readonly database: Database,
    private readonly grants: ClientGrantsRepository,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Whom a verified token speaks for; their role is that of now. @throws 401 when the grant counts no more */
  async read({ grantId, userId, organizationId, scopes, expiresAt }: ResourceClaims): Promise<Principal> {
    const state = await this.grants.findState(grantId, this.clock.now());
    if (!state || state.userId !== userId || state.organizationId !== organizationId) throw accessTokenIsInvalid();
    const { username, role, instanceAdministrator } = state;
    return {
      userId: state.userId,
      username,
      organizationId: state.organizationId,
      role,
      scopes: scopes.filter((scope) => state.scopes.includes(scope)),
      instanceAdministrator,
      via: 'oauth',
      credentialId: state.id,
      expiresAt,
    };
  }

  async find(id: string): Promise<GrantState | undefined> {
    return this.grants.findState(id, this.clock.now());
  }

  /** Part of the caller's transaction. @throws 401 when they are no member of the organization */
  async give({ username, ...given }: NewClientGrant): Promise<ClientGrant> {
    const now = this.clock.now();
    const grant: ClientGrant = { ...given, id: newId('grt', now.getTime()), createdAt: now, renewedAt: now };
    if (!(await this.grants.isMember(grant, grant.organizationId))) throw accessTokenIsInvalid();
    await this.grants.add(grant);
    for (const id of await this.grants.endOldest(grant, now)) this.tell(id);
    await this.record('client.connected', { ...grant, username });
    return grant;
  }

  /** A token was issued by it. */
  async renew(id: GrantId): Promise<void> {
    await this.grants.renew(id, this.clock.now());
  }

  /** At once, access tokens and streams included. Twice is once. */
  async end(id: string, because: Exclude<EndOfGrant, 'revoked' | 'member_removed'>): Promise<void> {
    await this.database.transaction(async () => {
      const ended = await this.grants.end(id, because, this.clock.now());
      if (!ended) return;
      await this.record(because === 'token_reused' ? 'client.token_reused' : 'client.disconnected', ended);
      this.tell(ended.id);
    });
  }

  /** One's own, in all organizations, newest first. */
  async list(principal: Principal): Promise<ConnectedClient[]> {
    return this.grants.listOwn(principal, this.clock.now());
  }

  /** @throws 404 */
  async revoke(principal: Principal, id: GrantId): Promise<ClientGrant> {
    return this.database.transaction(async () => {
      const state = await this.grants.findState(id, this.clock.now());
      if (!state || state.userId !== principal.userId) throw clientIsNotConnected();
      const ended = await this.grants.end(id, 'revoked', this.clock.now());
      if (!ended) throw clientIsNotConnected();
      await this.record('client.disconnected', ended);
      this.tell(id);
      return ended;
    });
  }

  private async record(action: ActivityAction, grant: ClientGrant & { username: string }): Promise<void> {
    const { userId, username, clientId, redirectUri, resource, scopes } = grant;
    await this.activity.record({
      organizationId: grant.organizationId,
      action,
      ...(action === 'client.token_reused' && { outcome: 'failed' }),
      actor: { id: userId, name: username },
      subject: { kind: 'client', id: grant.id, name: grant.clientName },
      details: { clientId, redirectUri, resource, scopes },
    });
  }

  private tell(credentialId: GrantId): void {
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { credentialId }));
  }
}
