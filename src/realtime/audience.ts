import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConversationsService } from '../core/agent/conversations.service.js';
import { FAMILY_REVOKED } from '../core/identity/refresh-tokens.service.js';
import { ServersService } from '../core/registry/servers.service.js';
import { SessionLog } from '../core/sessions/session-log.js';
import { Hints } from '../platform/hints/hints.js';
import type { ServerId, SessionId } from '../platform/ids.js';
import { Logger } from '../platform/logging/logger.js';
import { Attendance, HEARTBEAT_SECONDS } from './attendance.js';
import type { Connection } from './connection.js';
import type { Admission } from './handshake.js';

const LOOK_EVERY_MS = 2_000;
export const CONNECTIONS_PER_USER = 64;

/** Who follows what in this process; looks after what a lost hint would leave behind. */
@Injectable()
export class Audience implements OnModuleInit, OnApplicationShutdown {
  private readonly present = new Set<Attendance>();
  private readonly byUser = new Map<string, number>();
  private readonly watchedServers = new Map<string, () => void>();
  private timers: NodeJS.Timeout[] = [];
  private subscriptions: (() => void)[] = [];
  private leaving = false;

  constructor(
    private readonly log: SessionLog,
    private readonly conversations: ConversationsService,
    private readonly servers: ServersService,
    private readonly hints: Hints,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions = [
      this.hints.subscribeToGaps(() => void this.lookForMissed()),
      this.hints.subscribe(FAMILY_REVOKED, (data) => this.onSignOut(data)),
    ];
    this.timers = [
      setInterval(() => void this.lookForMissed(), LOOK_EVERY_MS),
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
    if (already >= CONNECTIONS_PER_USER) {
      connection.close('too_many');
      return undefined;
    }
    this.byUser.set(userId, already + 1);
    const parts = { log: this.log, conversations: this.conversations, logger: this.logger };
    const attendance = new Attendance(connection, admission, parts);
    this.present.add(attendance);
    this.watchServer(attendance.serverId);
    return attendance;
  }

  leave(attendance: Attendance): void {
    attendance.end();
    if (!this.present.delete(attendance)) return;
    const { userId } = attendance.principal;
    const left = (this.byUser.get(userId) ?? 1) - 1;
    if (left > 0) this.byUser.set(userId, left);
    else this.byUser.delete(userId);
    this.unwatchServer(attendance.serverId);
  }

  private watchServer(serverId: string): void {
    if (this.watchedServers.has(serverId)) return;
    this.watchedServers.set(
      serverId,
      this.hints.subscribe(`server:${serverId}`, () => void this.onServerChange(serverId)),
    );
  }

  private unwatchServer(serverId: string): void {
    if ([...this.present].some((other) => other.serverId === serverId)) return;
    this.watchedServers.get(serverId)?.();
    this.watchedServers.delete(serverId);
  }

  private onSignOut(data: unknown): void {
    const { familyId } = data as { familyId: string };
    for (const attendance of [...this.present]) {
      if (attendance.principal.familyId === familyId) attendance.connection.close('sign_in_again');
    }
  }

  private async onServerChange(serverId: string): Promise<void> {
    const server = await this.servers.findForJob(serverId as ServerId).catch(() => null);
    for (const attendance of [...this.present]) {
      if (attendance.serverId !== serverId) continue;
      if (server === undefined) attendance.connection.close('no_such_server');
      else void attendance.refreshStatus();
    }
  }

  private async lookForMissed(): Promise<void> {
    if (this.present.size === 0) return;
    try {
      const sessionIds = new Set([...this.present].map(({ sessionId }) => sessionId));
      const lastSeqs = await this.log.lastSeqs([...sessionIds] as SessionId[]);
      for (const attendance of this.present) attendance.nudge(lastSeqs.get(attendance.sessionId) ?? 0);
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'could not look for missed events');
    }
  }
}
