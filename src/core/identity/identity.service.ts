import { hash } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import { Hints } from '../../platform/hints/hints.js';
import { type Soon, whenHere } from '@app/soon';
import { AccessTokens } from './access-tokens.js';
import { AccountsRepository } from './accounts.repository.js';
import { API_KEY_PREFIX } from './api-key-text.js';
import { ApiKeysService } from './api-keys.service.js';
import { BriefCache } from './brief-cache.js';
import { BrowserSessionsService } from './browser-sessions.service.js';
import type { Credential } from './credential.js';
import { CredentialUses } from './credential-uses.js';
import { accessTokenIsInvalid } from './identity.errors.js';
import { concernedBy, IDENTITY_CHANGED } from './identity-changes.js';
import { type Principal, SCOPES } from './principal.js';
import { ClientGrantsService } from './client-grants.service.js';
import { ResourceTokens } from './resource-tokens.js';

const MAX_CACHED = 10_000;
/** A change that this process did not hear of counts after this long. */
const FRESH_MS = 2_000;

/** Tells who a credential belongs to. */
@Injectable()
export class IdentityService implements OnModuleDestroy {
  private readonly cache: BriefCache<Principal>;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly accounts: AccountsRepository,
    private readonly apiKeys: ApiKeysService,
    private readonly sessions: BrowserSessionsService,
    private readonly grants: ClientGrantsService,
    private readonly resourceTokens: ResourceTokens,
    private readonly uses: CredentialUses,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    hints: Hints,
  ) {
    this.cache = new BriefCache(clock, { size: MAX_CACHED, freshMs: FRESH_MS, endOf: ({ expiresAt }) => expiresAt });
    this.unsubscribe = hints.subscribe(IDENTITY_CHANGED, (data) => this.cache.forget(concernedBy(data)));
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /** @param ip from where it comes, for its owner to see. @throws 401 when it is not valid, has expired, or was revoked */
  authenticate(credential: Credential, { ip }: { ip: string }): Soon<Principal> {
    return whenHere(
      this.cache.get(cacheKey(credential), () => this.read(credential)),
      (principal) => {
        this.uses.note(principal, ip);
        return principal;
      },
    );
  }

  /** Those who are no more what they were, for what stays open longer than a request. */
  async listOutdated(principals: readonly Principal[]): Promise<ReadonlySet<Principal>> {
    const places = principals.length > 0 ? await this.accounts.findOutdated(principals, this.clock.now()) : [];
    return new Set(places.flatMap((place) => principals[place] ?? []));
  }

  private async read(credential: Credential): Promise<Principal> {
    switch (credential.scheme) {
      case 'bearer':
        return credential.token.startsWith(API_KEY_PREFIX)
          ? this.apiKeys.read(credential.token)
          : this.readAccessToken(credential.token);
      case 'api_key':
        return this.apiKeys.read(credential.key);
      case 'key_pair':
        return this.apiKeys.readPair(credential.keyId, credential.secret);
      case 'cookie':
        return this.sessions.read(credential.token);
      case 'resource_token':
        return this.grants.read(await this.resourceTokens.verify(credential.token, credential.resource));
    }
  }

  private async readAccessToken(token: string): Promise<Principal> {
    if (!this.accessTokens.namesKnownKey(token)) await this.keyring.lookAgain();
    const { userId, organizationId, familyId, expiresAt } = this.accessTokens.read(token);
    const state = await this.accounts.findSignedIn(userId, organizationId, familyId);
    if (!state) throw accessTokenIsInvalid();
    const credential = { credentialId: familyId, scopes: SCOPES, via: 'access_token', expiresAt } as const;
    return { userId, organizationId, ...credential, ...state };
  }
}

const KEY = Symbol('cache key');

/** The cache holds nothing secret. Worked out once for a credential, which whoever shows it again and again may keep. */
const cacheKey = (credential: Credential & { [KEY]?: string }): string =>
  (credential[KEY] ??= hash('sha256', Object.values(credential).join('\n'), 'base64url'));
