import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { FreshCache } from '../../platform/hints/fresh-cache.js';
import { Hints } from '../../platform/hints/hints.js';
import { type Id, newId, type ServerId, type UserId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import {
  grantNotFound,
  patternDoesNotFit,
  patternIsWrong,
  scopeNeedsSession,
  tooManyGrants,
} from './approvals.errors.js';
import { type ArgumentPattern, climbs, isPointer, matchesPattern } from './argument-pattern.js';
import { type Grant, grantsTopic, type Remembered, ruleOf } from './grant.js';
import { GrantsRepository } from './grants.repository.js';
import type { RememberedCall } from './verdict.js';

const MOST_SERVERS = 500;
const MAX_AGE_MS = 4_000;
const MOST_OF_USER = 100;
const NOTE_EVERY_MS = 1_000;
/** Uses that wait to be noted; more are not, for what they tell is when a grant was used last. */
const MOST_NOTED = 10_000;

/** Whoever says so, a person who signed in. */
export interface Decider {
  id: UserId;
  name: string;
}

/** What people chose to remember. */
@Injectable()
export class GrantsService implements OnModuleInit, OnApplicationShutdown {
  private readonly known: FreshCache<Grant[]>;
  private noted = new Map<string, { times: number; at: Date }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {
    const load = (serverId: string) => this.grants.listOfServer(serverId as ServerId);
    this.known = new FreshCache(hints, { topic: grantsTopic, load, size: MOST_SERVERS, maxAgeMs: MAX_AGE_MS });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.writeUses(), NOTE_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.known.close();
    await this.writeUses();
  }

  /** As of a few seconds ago at most. Not in a transaction. */
  async listKnown(serverId: ServerId): Promise<readonly Grant[]> {
    return this.known.get(serverId);
  }

  /** As they are, in the caller's transaction. */
  async listNow(serverId: ServerId): Promise<readonly Grant[]> {
    return this.grants.listOfServer(serverId);
  }

  /** Those of the caller that count, newest first. */
  async list(principal: Principal): Promise<Grant[]> {
    return this.grants.listOfUser(principal.userId, principal.organizationId);
  }

  /** @throws 404 */
  async revoke(principal: Principal, id: string): Promise<void> {
    await this.database.transaction(async () => {
      const gone = await this.grants.remove(id, principal.userId, principal.organizationId);
      if (!gone) throw grantNotFound();
      await this.activity.record({
        organizationId: gone.organizationId,
        action: 'approval.grant_revoked',
        subject: { kind: 'grant', id: gone.id, name: gone.tool ?? 'all tools' },
        details: { server_id: gone.serverId, rule: ruleOf(gone) },
      });
      this.database.afterCommit(() => this.hints.publish(grantsTopic(gone.serverId)));
    });
  }

  /** @throws 400 for what means nothing, or would not even let the call through that it was made for */
  async remember(call: RememberedCall, by: Decider, { type, match, maxUses, expiresIn }: Remembered): Promise<void> {
    const inSession = type === 'session' || type === 'server_in_session';
    if (inSession && call.sessionId === null) throw scopeNeedsSession();
    if (type === 'matching') check(match, call);
    const now = this.clock.now();
    const ofTool = type !== 'server_in_session';
    const grant: Grant = {
      id: newId('grant', now.getTime()),
      organizationId: call.organizationId,
      userId: call.userId,
      serverId: call.serverId,
      accountVersion: call.accountVersion,
      sessionId: inSession ? call.sessionId : null,
      tool: ofTool ? call.tool : null,
      pin: ofTool ? call.pin : null,
      match: type === 'matching' ? (match ?? null) : null,
      maxUses: maxUses ?? null,
      uses: 0,
      expiresAt: expiresIn === undefined ? null : new Date(now.getTime() + expiresIn * 1_000),
      createdAt: now,
      lastUsedAt: null,
    };
    await this.database.transaction(async () => {
      const theirs = (await this.grants.listOfServer(call.serverId)).filter(({ userId }) => userId === call.userId);
      if (theirs.length >= MOST_OF_USER) throw tooManyGrants(MOST_OF_USER);
      await this.grants.insert(grant, by.id);
      await this.activity.record({
        organizationId: call.organizationId,
        action: 'approval.grant_made',
        actor: by,
        subject: { kind: 'grant', id: grant.id, name: grant.tool ?? 'all tools' },
        details: { server_id: call.serverId, rule: ruleOf(grant), user_id: grant.userId },
      });
      this.database.afterCommit(() => this.hints.publish(grantsTopic(call.serverId)));
    });
  }

  /** For a tool whose definition is not the one any more that they were given for. In the caller's transaction. */
  async endAllOf(serverId: ServerId, tool: string): Promise<void> {
    await this.grants.removeAllOf(serverId, tool);
    this.database.afterCommit(() => this.hints.publish(grantsTopic(serverId)));
  }

  /** One call is sent by it. @returns false when it is used up, over or taken back */
  async take(id: Id<'grant'>): Promise<boolean> {
    const taken = await this.grants.take(id);
    if (!taken || taken.exhausted)
      this.database.afterCommit(() => taken && this.hints.publish(grantsTopic(taken.serverId)));
    return taken !== undefined;
  }

  /** The call that took it was not sent. */
  async giveBack(id: Id<'grant'>): Promise<void> {
    const given = await this.grants.giveBack(id);
    if (given) this.database.afterCommit(() => this.hints.publish(grantsTopic(given.serverId)));
  }

  /** One call was sent by a grant without a count: written a moment later. */
  note(id: Id<'grant'>): void {
    const known = this.noted.get(id);
    if (!known && this.noted.size >= MOST_NOTED) return;
    this.noted.set(id, { times: (known?.times ?? 0) + 1, at: this.clock.now() });
  }

  private async writeUses(): Promise<void> {
    if (this.noted.size === 0) return;
    const uses = [...this.noted].map(([id, use]) => ({ id, ...use }));
    this.noted = new Map();
    // Lost with a fault: they only tell when a grant was used last.
    await this.grants.noteUses(uses).catch(() => undefined);
  }
}

function check(match: ArgumentPattern | undefined, call: RememberedCall): void {
  if (!match || Object.keys(match).length === 0) throw patternIsWrong('A pattern names at least one argument.');
  for (const [pointer, wanted] of Object.entries(match)) {
    if (!isPointer(pointer)) throw patternIsWrong('Arguments are named by JSON Pointers, as in /path.');
    if ('prefix' in wanted && climbs(wanted.prefix)) throw patternIsWrong('A prefix cannot contain “..”.');
  }
  if (!matchesPattern(match, call.arguments)) throw patternDoesNotFit();
}
