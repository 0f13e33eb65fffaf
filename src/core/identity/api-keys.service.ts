import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { type Id, isId, newId } from '../../platform/ids.js';
import type { ActivityDetails } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import { hashOfApiKey, hintOfApiKey, isApiKeyText, newApiKeyText } from './api-key-text.js';
import { type ApiKey, type MadeApiKey, MAX_KEYS_PER_USER, type NewApiKey, scopesBeyond } from './api-key.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import {
  apiKeyHasExpired,
  apiKeyIsInvalid,
  apiKeyIsOver,
  apiKeyNotFound,
  keyPairIsInvalid,
  scopesAreBeyondRole,
  tooManyApiKeys,
} from './api-keys.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { accessTokenIsInvalid } from './identity.errors.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { hasExpired, type Principal } from './principal.js';
import { type ReachedTool, toReach } from './reach.js';

/** Keys by which programs speak for a user in one organization: with the scopes given, and never beyond their role. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly activity: Activity,
    private readonly events: WebhookEvents,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** @throws 401 KEY_INVALID, KEY_EXPIRED; what cannot be a key is refused without a query */
  async read(text: string): Promise<Principal> {
    const principal = isApiKeyText(text) ? await this.findOwner(text, null) : undefined;
    if (!principal) throw apiKeyIsInvalid();
    return principal;
  }

  /** The id and the secret of one key. @throws 401 as `read` */
  async readPair(id: string, secret: string): Promise<Principal> {
    const principal = isId('key', id) && isApiKeyText(secret) ? await this.findOwner(secret, id) : undefined;
    if (!principal) throw keyPairIsInvalid();
    return principal;
  }

  /** All of the user's, in each of their organizations, newest first; expired ones too. */
  async list(principal: Principal): Promise<ApiKey[]> {
    return this.keys.listOwn(principal);
  }

  /** For the organization where the user is now. @throws 403 for scopes beyond their role, 409 at the limit */
  async create(principal: Principal, wanted: NewApiKey): Promise<MadeApiKey> {
    const { name, scopes, lifetimeSeconds, tools = null, presentation = null } = wanted;
    return this.database.transaction(async () => {
      await this.keys.lockOwner(principal);
      const role = await this.keys.lockRole(principal);
      if (!role) throw accessTokenIsInvalid();
      const beyond = scopesBeyond(role, scopes);
      if (beyond.length > 0) throw scopesAreBeyondRole(role, beyond);
      const now = this.clock.now();
      const { userId, organizationId } = principal;
      const expiresAt = lifetimeSeconds === undefined ? null : new Date(now.getTime() + lifetimeSeconds * 1_000);
      const limits = { tools: tools && [...tools], presentation };
      const row = { userId, organizationId, name, scopes: [...scopes], ...limits, expiresAt };
      const made = await this.add(principal, row, now);
      await this.record('key.created', made.apiKey, { scopes, ...(tools && { tools: tools.map(toWords) }) });
      await this.tellOutside('key.created', made.apiKey, { user_id: userId });
      return made;
    });
  }

  /**
   * A new secret with the same name, scopes, tools and end. The old one counts for `overlapSeconds` more, so that whoever uses it
   * can change over. @throws 404, 409 when it has expired
   */
  async rotate(
    principal: Principal,
    id: Id<'key'>,
    { overlapSeconds }: { overlapSeconds: number },
  ): Promise<MadeApiKey> {
    return this.database.transaction(async () => {
      await this.keys.lockOwner(principal);
      const old = await this.keys.lockOwn(principal, id);
      if (!old) throw apiKeyNotFound();
      const now = this.clock.now();
      if (hasExpired(old, now)) throw apiKeyIsOver();
      await this.retire(old, overlapSeconds, now);
      const made = await this.add(principal, old, now);
      await this.record('key.rotated', made.apiKey, { replaces: old.id, overlapSeconds });
      const told = { user_id: principal.userId, replaces: old.id, overlap_seconds: overlapSeconds };
      await this.tellOutside('key.rotated', made.apiKey, told);
      return made;
    });
  }

  /** At once, sockets included. @throws 404 */
  async revoke(principal: Principal, id: Id<'key'>): Promise<void> {
    await this.database.transaction(async () => {
      const key = await this.keys.lockOwn(principal, id);
      if (!key) throw apiKeyNotFound();
      await this.keys.revoke(id, 'revoked', this.clock.now());
      const { organizationId, name, userId } = key;
      await this.activity.record({ organizationId, action: 'key.revoked', subject: { kind: 'key', id, name } });
      await this.events.record({ organizationId, type: 'key.revoked', data: { key_id: id, name, user_id: userId } });
      this.tellOfEnd(id);
    });
  }

  private async findOwner(text: string, id: Id<'key'> | null): Promise<Principal | undefined> {
    const state = await this.keys.findState(hashOfApiKey(text), id);
    if (!state) return undefined;
    if (hasExpired(state, this.clock.now())) throw apiKeyHasExpired();
    const { tools, presentation, ...owner } = state;
    return {
      ...owner,
      via: 'api_key',
      ...(tools && { reach: toReach(tools) }),
      ...(presentation && { presentation }),
    };
  }

  private async add(
    principal: Principal,
    { userId, organizationId, name, scopes, tools, presentation, expiresAt }: NewRow,
    now: Date,
  ): Promise<MadeApiKey> {
    if ((await this.keys.countLive(principal, now)) >= MAX_KEYS_PER_USER) throw tooManyApiKeys();
    const text = newApiKeyText();
    const id = newId('key', now.getTime());
    const limits = { scopes, tools, presentation };
    const told = { id, name, hint: hintOfApiKey(text), ...limits, createdAt: now, expiresAt };
    const unused = { lastUsedAt: null, lastUsedIp: null };
    const living = { revokedAt: null, revokedBecause: null };
    await this.keys.add({ ...told, ...unused, ...living, userId, organizationId, hash: hashOfApiKey(text) });
    const organization = await this.organizations.find(organizationId);
    const where = { id: organizationId, name: organization?.name ?? '' };
    return { apiKey: { ...told, ...unused, organization: where }, text };
  }

  private async record(
    action: 'key.created' | 'key.rotated',
    { id, name, organization }: ApiKey,
    details: ActivityDetails,
  ): Promise<void> {
    await this.activity.record({
      organizationId: organization.id,
      action,
      subject: { kind: 'key', id, name },
      details,
    });
  }

  private async tellOutside(
    type: 'key.created' | 'key.rotated',
    { id, name, scopes, expiresAt, organization }: ApiKey,
    more: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const data = { key_id: id, name, scopes, expires_at: expiresAt?.toISOString() ?? null, ...more };
    await this.events.record({ organizationId: organization.id, type, data });
  }

  private async retire({ id, expiresAt }: ApiKeyEntity, overlapSeconds: number, now: Date): Promise<void> {
    const until = now.getTime() + overlapSeconds * 1_000;
    if (overlapSeconds === 0) await this.keys.revoke(id, 'rotated', now);
    else await this.keys.expire(id, new Date(Math.min(until, expiresAt?.getTime() ?? Infinity)));
    this.tellOfEnd(id);
  }

  private tellOfEnd(credentialId: Id<'key'>): void {
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { credentialId }));
  }
}

type NewRow = Pick<
  ApiKeyEntity,
  'userId' | 'organizationId' | 'name' | 'scopes' | 'tools' | 'presentation' | 'expiresAt'
>;

const toWords = ({ serverId, tool }: ReachedTool) => `${serverId}: ${tool}`;
