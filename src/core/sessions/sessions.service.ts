import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type ServerId, type SessionId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import type { Session } from './session.js';
import { SessionLog } from './session-log.js';
import { sessionNotFound } from './sessions.errors.js';
import { SessionsRepository } from './sessions.repository.js';

export const UNTITLED = 'New session';

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly log: SessionLog,
    private readonly clock: Clock,
  ) {}

  async create(
    principal: Principal,
    serverId: ServerId,
    options: { title?: string | undefined; model?: string | undefined } = {},
  ): Promise<Session> {
    const { title, model } = options;
    const now = this.clock.now();
    const session: Session = {
      id: newId('session', now.getTime()),
      organizationId: principal.organizationId,
      userId: principal.userId,
      serverId,
      title: title ?? UNTITLED,
      titledByUser: title !== undefined,
      firstSeq: 1,
      lastSeq: 0,
      nextNode: 1,
      contextTokens: 0,
      model: model ?? null,
      forkedFrom: null,
      forkedAtSeq: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.sessions.insert(session);
    return session;
  }

  async get(principal: Principal, id: SessionId): Promise<Session> {
    const session = await this.sessions.findVisible(principal, id);
    if (!session) throw sessionNotFound();
    return session;
  }

  async findLatest(principal: Principal, serverId: ServerId): Promise<Session | undefined> {
    return this.sessions.findLatest(principal, serverId);
  }

  async list(principal: Principal, page: PageRequest, serverId?: ServerId): Promise<Page<Session>> {
    return this.sessions.listVisible(principal, page, serverId);
  }

  async rename(principal: Principal, id: SessionId, title: string): Promise<Session> {
    return this.database.transaction(async () => {
      const { session } = await this.lockVisible(principal, id);
      await this.sessions.update(id, { title, titledByUser: true });
      await this.log.append(id, [{ type: 'session_updated', payload: { title } }]);
      return { ...session, title, titledByUser: true };
    });
  }

  /** For other contexts, inside their transaction: the session, held until it ends. */
  async lockVisible(principal: Principal, id: SessionId): Promise<{ session: Session }> {
    const session = await this.lock(id);
    if (session.userId !== principal.userId || session.organizationId !== principal.organizationId) {
      throw sessionNotFound();
    }
    return { session };
  }

  /** For jobs, which act for the session itself. */
  async lock(id: SessionId): Promise<Session> {
    const session = await this.sessions.lock(id);
    if (!session) throw sessionNotFound();
    return session;
  }

  async update(
    id: SessionId,
    change: Partial<Pick<Session, 'title' | 'nextNode' | 'contextTokens' | 'model'>>,
  ): Promise<void> {
    await this.sessions.update(id, change);
  }
}
