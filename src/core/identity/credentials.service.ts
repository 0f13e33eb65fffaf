import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { CONFIG } from '../../platform/tokens.js';
import { Activity } from '../activity/activity.service.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import type { CredentialsOf, EndedCredential, ListedCredential } from './credential-list.js';
import { CredentialsRepository } from './credentials.repository.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { credentialNotFound } from './identity.errors.js';
import type { Principal } from './principal.js';

/** The one page of truth: all by which a user is let in, and the end of it. What ends here ends on live sockets too. */
@Injectable()
export class CredentialsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly credentials: CredentialsRepository,
    private readonly activity: Activity,
    private readonly events: WebhookEvents,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Sign-ins, keys and connected clients that count, in all organizations of the user, last used first. */
  async list(principal: Principal): Promise<ListedCredential[]> {
    return this.credentials.listOwn(principal, this.clock.now(), this.config.tokens.refreshSeconds);
  }

  /** What the key is called, or the client calls itself; null of a sign-in, and of what shows no credential. */
  async findName({ credentialId }: Pick<Principal, 'credentialId'>): Promise<string | null> {
    return this.credentials.findName(credentialId);
  }

  /** A sign-in or a key. @throws 404 for what is unknown, somebody else's, or ended already */
  async revoke({ userId }: Principal, id: string): Promise<void> {
    await this.database.transaction(async () => {
      const { signIns, keys } = await this.end({ userId, id });
      const [signIn] = signIns;
      const [key] = keys;
      if (signIn) await this.record('credential.revoked', 'sign_in', signIn);
      else if (key) await this.record('key.revoked', 'key', key);
      else throw credentialNotFound();
    });
  }

  /** @returns how many ended */
  async revokeAll(principal: Principal, which: { includeCurrent: boolean; includeKeys: boolean }): Promise<number> {
    const { userId, username: name, credentialId } = principal;
    const all: CredentialsOf = which.includeCurrent ? { userId } : { userId, except: credentialId };
    return this.database.transaction(async () => {
      const { signIns, keys, clients } = await this.end(all, which);
      const ended = [...signIns, ...keys, ...clients];
      for (const organizationId of new Set(ended.map((one) => one.organizationId))) {
        const countIn = (some: readonly EndedCredential[]) =>
          some.filter((one) => one.organizationId === organizationId).length;
        await this.activity.record({
          organizationId,
          action: 'credential.revoked',
          subject: { kind: 'user', id: userId, name },
          details: { signIns: countIn(signIns), keys: countIn(keys), clients: countIn(clients) },
        });
      }
      return ended.length;
    });
  }

  /** After a new password whoever knew the old one is out; keys stay. Part of the caller's transaction. */
  async endForNewPassword(of: CredentialsOf): Promise<void> {
    await this.credentials.endSignIns(of, 'password_changed', this.clock.now());
    this.tell(of);
  }

  private async end(of: CredentialsOf, { includeKeys } = { includeKeys: true }) {
    const now = this.clock.now();
    const signIns = await this.credentials.endSignIns(of, 'revoked', now);
    const keys = includeKeys ? await this.credentials.endKeys(of, 'revoked', now) : [];
    // Programs, as keys are.
    const clients = includeKeys ? await this.credentials.endGrants(of, 'revoked', now) : [];
    for (const { id, name, organizationId } of keys) {
      const data = { key_id: id, name, user_id: of.userId };
      await this.events.record({ organizationId, type: 'key.revoked', data });
    }
    this.tell(of);
    return { signIns, keys, clients };
  }

  private async record(
    action: 'credential.revoked' | 'key.revoked',
    kind: 'sign_in' | 'key',
    { id, organizationId, name }: EndedCredential,
  ): Promise<void> {
    await this.activity.record({ organizationId, action, subject: { kind, id, name } });
  }

  private tell({ userId }: CredentialsOf): void {
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { userId }));
  }
}
