import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId, SessionId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import { SessionEntity } from './session.entity.js';
import type { Session } from './session.js';

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async insert(session: Session): Promise<void> {
    await this.database.entities.insert(SessionEntity, session);
  }

  /** A session is its user's own. */
  async findVisible(principal: Principal, id: SessionId): Promise<Session | undefined> {
    const found = await this.database.entities.findOneBy(SessionEntity, {
      id,
      userId: principal.userId,
      organizationId: principal.organizationId,
    });
    return (found as Session | null) ?? undefined;
  }

  async findLatest(principal: Principal, serverId: ServerId): Promise<Session | undefined> {
    const found = await this.database.entities.findOne(SessionEntity, {
      where: { serverId, userId: principal.userId, organizationId: principal.organizationId },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    return (found as Session | null) ?? undefined;
  }

  /** Holds the session until the transaction ends: whoever changes its turns, plans or log comes one after another. */
  async lock(id: SessionId): Promise<Session | undefined> {
    const found = await this.database.entities.findOne(SessionEntity, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    return (found as Session | null) ?? undefined;
  }

  async listVisible(
    principal: Principal,
    { page, size }: PageRequest,
    serverId: ServerId | undefined,
  ): Promise<Page<Session>> {
    const found = await this.database.entities.find(SessionEntity, {
      where: {
        userId: principal.userId,
        organizationId: principal.organizationId,
        ...(serverId === undefined ? {} : { serverId }),
      },
      order: { createdAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * size,
      take: size + 1,
    });
    return {
      items: found.slice(0, size) as Session[],
      ...(found.length > size ? { next: page + 1 } : {}),
    };
  }

  async update(id: SessionId, change: Partial<Omit<Session, 'id' | 'lastSeq'>>): Promise<void> {
    await this.database.entities.update(SessionEntity, { id }, change);
  }
}
