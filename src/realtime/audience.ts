import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConversationsService } from '../core/agent/conversations.service.js';
import { IdentityService } from '../core/identity/identity.service.js';
import { concernedBy, IDENTITY_CHANGED } from '../core/identity/identity-changes.js';
import { hasExpired, type Principal } from '../core/identity/principal.js';
import { type InboxEvent, InboxFeed } from '../core/inbox/inbox-feed.service.js';
import { ServerAccess } from '../core/registry/server-access.service.js';
import { SessionLog } from '../core/sessions/session-log.js';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import { Hints } from '../platform/hints/hints.js';
import type { ServerId, SessionId } from '../platform/ids.js';
import { Logger } from '../platform/logging/logger.js';
import { CONFIG } from '../platform/tokens.js';
import { Attendance, type AttendanceParts, HEARTBEAT_SECONDS } from './attendance.js';
import type { Connection } from './connection.js';
import { RealtimeMetrics } from './realtime-metrics.js';
import type { Admission } from './handshake.js';
import { passingFrame } from './frames.js';
import { Outgoing } from './outgoing.js';
import { Room } from './room.js';

/** The least time between two looks; how often is enough, the log knows. */
const TICK_MS = 500;
const EXPIRY_EVERY_MS = 1_000;

/** Who follows what in this process; looks after what a lost hint would leave behind. */
@Injectable()
export class Audience implements OnModuleInit, OnApplicationShutdown {
  private readonly present = new Set<Attendance>();
  private readonly rooms = new Map<SessionId, Room>();
  private readonly byUser = new Map<string, number>();
  private readonly unfollow = new Map<Attendance, () => void>();
  private readonly watchedServers = new Map<string, { followers: number; unwatch: () => void }>();
  private timers: NodeJS.Timeout[] = [];
  private subscriptions: (() => void)[] = [];
  private leaving = false;
  private readonly parts: AttendanceParts;
  private looking = false;
  private lookedAt = 0;

  constructor(
    private readonly identity: IdentityService,
    private readonly log: SessionLog,
    conversations: ConversationsService,
    private readonly access: ServerAccess,
    private readonly inbox: InboxFeed,
    private readonly hints: Hints,
    private readonly clock: Clock,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Config,
    metrics: RealtimeMetrics,
  ) {
    this.parts = { log, conversations, logger, metrics };
  }

  onModuleInit(): void {
    this.subscriptions = [
      this.hints.subscribeToGaps(() => void this.look()),
      this.hints.subscribe(IDENTITY_CHANGED, (data) => void this.onIdentityChange(concernedBy(data))),
    ];
    this.timers = [
      setInterval(() => {
        if (performance.now() - this.lookedAt >= this.log.lookAgainMs - TICK_MS / 2) void this.look();
      }, TICK_MS),
      setInterval(() => this.closeExpired(), EXPIRY_EVERY_MS),
      setInterval(() => {
        for (const attendance of this.present) attendance.beat();
      }, HEARTBEAT_SECONDS * 1_000),
    ];
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    for (const timer of this.timers) clearInterval(timer);
    this.dismiss();
  }

  /** This process is about to end: everybody is told to come back, and who comes now as well. */
  dismiss(): void {
    this.leaving = true;
    for (const attendance of [...this.present]) attendance.connection.close('restart');
  }

  /** Undefined when the user has too many connections, or this process ends; the connection is closed then. */
  admit(connection: Connection, admission: Admission): Attendance | undefined {
    if (this.leaving) {
      connection.close('restart');
      return undefined;
    }
    const { userId } = connection.principal;
    const already = this.byUser.get(userId) ?? 0;
    const limit = this.config.rateLimits.socketsPerUser;
    if (limit > 0 && already >= limit) {
      connection.close('too_many');
      return undefined;
    }
    this.byUser.set(userId, already + 1);
    const attendance = new Attendance(connection, admission, this.parts);
    this.present.add(attendance);
    this.enterRoom(attendance);
    this.watchServer(attendance.serverId);
    this.followInbox(attendance);
    return attendance;
  }

  leave(attendance: Attendance): void {
    attendance.end();
    if (!this.present.delete(attendance)) return;
    const { userId } = attendance.principal;
    const left = (this.byUser.get(userId) ?? 1) - 1;
    if (left > 0) this.byUser.set(userId, left);
    else this.byUser.delete(userId);
    this.leaveRoom(attendance);
    this.unwatchServer(attendance.serverId);
    this.unfollow.get(attendance)?.();
    this.unfollow.delete(attendance);
  }

  private followInbox(attendance: Attendance): void {
    const tell = (event: InboxEvent) => attendance.pass(new Outgoing(passingFrame(attendance.sessionId, event)));
    this.unfollow.set(attendance, this.inbox.follow(attendance.principal, tell));
  }

  private enterRoom(attendance: Attendance): void {
    let room = this.rooms.get(attendance.sessionId);
    if (!room) this.rooms.set(attendance.sessionId, (room = new Room(attendance.sessionId, this.log)));
    room.members.add(attendance);
  }

  private leaveRoom(attendance: Attendance): void {
    const room = this.rooms.get(attendance.sessionId);
    room?.members.delete(attendance);
    if (room?.members.size !== 0) return;
    room.close();
    this.rooms.delete(attendance.sessionId);
  }

  private watchServer(serverId: string): void {
    const watched = this.watchedServers.get(serverId);
    if (watched) watched.followers += 1;
    else {
      const unwatch = this.hints.subscribe(`server:${serverId}`, () => void this.onServerChange(serverId));
      this.watchedServers.set(serverId, { followers: 1, unwatch });
    }
  }

  private unwatchServer(serverId: string): void {
    const watched = this.watchedServers.get(serverId);
    if (!watched) return;
    watched.followers -= 1;
    if (watched.followers > 0) return;
    watched.unwatch();
    this.watchedServers.delete(serverId);
  }

  private closeExpired(): void {
    const now = this.clock.now();
    for (const attendance of [...this.present]) if (hasExpired(attendance.principal, now)) attendance.expire();
  }

  private async onIdentityChange(isMeant: (principal: Principal) => boolean): Promise<void> {
    const meant = [...this.present].filter(({ principal }) => isMeant(principal));
    // Without an answer the next look tells.
    await this.dismissOutdated(meant).catch(() => undefined);
  }

  /** Their rights were read when they came: with others they come again. */
  private async dismissOutdated(attendances: readonly Attendance[]): Promise<void> {
    const outdated = await this.identity.listOutdated(attendances.map(({ principal }) => principal));
    const now = this.clock.now();
    for (const attendance of attendances) {
      if (!outdated.has(attendance.principal)) continue;
      if (hasExpired(attendance.principal, now)) attendance.expire();
      else attendance.connection.close('sign_in_again');
    }
  }

  private async onServerChange(serverId: string): Promise<void> {
    const there = [...this.present].filter((attendance) => attendance.serverId === serverId);
    // Without an answer the next look tells.
    await this.dismissBlind(there).catch(() => undefined);
    for (const attendance of there) if (this.present.has(attendance)) void attendance.refreshStatus();
  }

  /** To whom the server is not visible any more it is as if it were removed. */
  private async dismissBlind(attendances: readonly Attendance[]): Promise<void> {
    const uses = attendances.map(({ connection, principal: { userId, organizationId }, serverId }) => ({
      connection,
      userId,
      organizationId,
      serverId: serverId as ServerId,
    }));
    for (const { connection } of await this.access.listHidden(uses)) connection.close('no_such_server');
  }

  private async look(): Promise<void> {
    if (this.present.size === 0 || this.looking) return;
    this.looking = true;
    this.lookedAt = performance.now();
    try {
      await this.lookForMissed();
      await this.lookForEnded();
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'could not look for what was missed');
    } finally {
      this.looking = false;
    }
  }

  private async lookForMissed(): Promise<void> {
    const lastSeqs = await this.log.lastSeqs([...this.rooms.keys()]);
    for (const [sessionId, lastSeq] of lastSeqs) this.rooms.get(sessionId)?.nudge(lastSeq);
  }

  /** Nobody stays because the hint that ended their stay was lost. */
  private async lookForEnded(): Promise<void> {
    const present = [...this.present];
    await this.dismissOutdated(present);
    await this.dismissBlind(present);
  }
}
