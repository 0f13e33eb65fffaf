import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { AuthorizationRecords, type RecordKind } from '../../../core/oauth/authorization-records.js';
import type { ClientsService } from '../../../core/oauth/clients.service.js';
import type { Resources } from '../../../core/oauth/resources.js';
import { REFRESH_GRACE_SECONDS } from '../../../core/oauth/token-lifetimes.js';
import type { ClientGrantsService } from '../../../core/identity/client-grants.service.js';
import { GRANT_SECONDS } from '../../../core/identity/client-grant.js';
import type { Clock } from '../../../platform/clock.js';

export interface StoredModelsParts {
  records: AuthorizationRecords;
  clients: ClientsService;
  grants: ClientGrantsService;
  resources: Resources;
  clock: Clock;
}

/** Nothing is kept: a model that is not used, or that would be a second memory of who signed in. */
class Forgotten implements Adapter {
  async upsert(_id: string, _payload: AdapterPayload, _seconds: number): Promise<void> {}
  async find(_id: string): Promise<AdapterPayload | undefined> {
    return undefined;
  }
  async findByUserCode(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async consume(_id: string): Promise<void> {}
  async destroy(_id: string): Promise<void> {}
  async revokeByGrantId(_grantId: string): Promise<void> {}
}

class StoredClients extends Forgotten {
  constructor(private readonly clients: ClientsService) {
    super();
  }

  override async upsert(id: string, metadata: AdapterPayload): Promise<void> {
    await this.clients.register(id, { ...metadata });
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    return await this.clients.find(id);
  }
}

/** What a person gave to a client is ours to keep; the protocol's library sees it in its own form. */
class StoredGrants extends Forgotten {
  constructor(private readonly parts: StoredModelsParts) {
    super();
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const grant = await this.parts.grants.find(id);
    if (!grant) return undefined;
    const scope = grant.scopes.join(' ');
    const now = Math.floor(Date.now() / 1_000);
    const given = this.parts.resources.namesOf(grant.resource).map((name) => [name, scope] as const);
    return {
      jti: grant.id,
      kind: 'Grant',
      accountId: grant.userId,
      clientId: grant.clientId,
      iat: now,
      exp: now + GRANT_SECONDS,
      // Each scope of a resource is one of the server, too, and is asked for as both.
      openid: { scope },
      resources: Object.fromEntries(given),
    };
  }

  /** Asked for where a code or a refresh token came twice, and by the client itself. */
  override async destroy(id: string): Promise<void> {
    const isByClient = Provider.ctx?.oidc.route === 'revocation';
    await this.parts.grants.end(id, isByClient ? 'revoked_by_client' : 'token_reused');
  }
}

class StoredRecords extends Forgotten {
  constructor(
    private readonly kind: RecordKind,
    private readonly parts: StoredModelsParts,
  ) {
    super();
  }

  override async upsert(id: string, payload: AdapterPayload, seconds: number): Promise<void> {
    await this.parts.records.put(this.kind, id, { ...payload }, seconds);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await this.parts.records.find(this.kind, id);
    if (!found) return undefined;
    const { payload, consumedAt } = found;
    return consumedAt && this.isOver(consumedAt) ? { ...payload, consumed: Math.floor(+consumedAt / 1_000) } : payload;
  }

  override async consume(id: string): Promise<void> {
    if (await this.parts.records.consume(this.kind, id)) return;
    if (this.kind !== 'AuthorizationCode') return;
    // Two came at the same time, and neither had seen the other.
    const grantId = (await this.parts.records.find(this.kind, id))?.payload.grantId;
    if (typeof grantId === 'string') await this.parts.grants.end(grantId, 'token_reused');
    throw new errors.InvalidGrant('authorization code already consumed');
  }

  override async destroy(id: string): Promise<void> {
    await this.parts.records.remove(this.kind, id);
  }

  override async revokeByGrantId(grantId: string): Promise<void> {
    await this.parts.records.removeOfGrant(this.kind, grantId);
  }

  /** A refresh token may come again for a moment: a client that asked twice at once, or lost the answer. */
  private isOver(consumedAt: Date): boolean {
    if (this.kind !== 'RefreshToken') return true;
    return this.parts.clock.ms() - consumedAt.getTime() >= REFRESH_GRACE_SECONDS * 1_000;
  }
}

const RECORDS = ['AuthorizationCode', 'RefreshToken', 'Interaction', 'ReplayDetection'] as const satisfies RecordKind[];

/** Where the protocol's library keeps each of its models. */
export function storedModels(parts: StoredModelsParts): (name: string) => Adapter {
  return (name) => {
    if (name === 'Client') return new StoredClients(parts.clients);
    if (name === 'Grant') return new StoredGrants(parts);
    const kind = RECORDS.find((known) => known === name);
    return kind ? new StoredRecords(kind, parts) : new Forgotten();
  };
}
