import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { type ApprovalId, isId, type OrganizationId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { approvalsTopic } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { sees, type Sight } from './inbox-item.js';
import { InboxRepository } from './inbox.repository.js';
import { toItem } from './inbox.service.js';
import { toRequestedEvent, toResolvedEvent } from './inbox-views.js';

export type InboxEvent = ReturnType<typeof toRequestedEvent> | ReturnType<typeof toResolvedEvent>;

interface Follower {
  principal: Principal;
  tell: (event: InboxEvent) => void;
}

interface Room {
  followers: Set<Follower>;
  unsubscribe: () => void;
  /** Told, and not read yet. */
  news: ApprovalId[];
  reading: boolean;
}

/** What is told at once and not read yet; of more than that, whoever follows hears when they ask for the list. */
const MOST_NEWS = 256;

/** Tells those who follow, each what they may see. The rows are the truth: an event may be lost. */
@Injectable()
export class InboxFeed {
  private readonly rooms = new Map<OrganizationId, Room>();

  constructor(
    private readonly inbox: InboxRepository,
    private readonly access: ServerAccess,
    private readonly hints: Hints,
    private readonly logger: Logger,
  ) {}

  /** @returns how to stop */
  follow(principal: Principal, tell: Follower['tell']): () => void {
    const { organizationId } = principal;
    const room = this.rooms.get(organizationId) ?? this.open(organizationId);
    const follower = { principal, tell };
    room.followers.add(follower);
    return () => {
      if (!room.followers.delete(follower) || room.followers.size > 0) return;
      room.unsubscribe();
      if (this.rooms.get(organizationId) === room) this.rooms.delete(organizationId);
    };
  }

  private open(organizationId: OrganizationId): Room {
    const unsubscribe = this.hints.subscribe(approvalsTopic(organizationId), (data) => {
      const { opened, ended } = (data ?? {}) as { opened?: unknown; ended?: unknown };
      const id = opened ?? ended;
      if (typeof id !== 'string' || !isId('apr', id) || room.news.length >= MOST_NEWS) return;
      room.news.push(id);
      void this.read(room);
    });
    const room: Room = { followers: new Set(), unsubscribe, news: [], reading: false };
    this.rooms.set(organizationId, room);
    return room;
  }

  /** One after another, so that an end is not told before its beginning. */
  private async read(room: Room): Promise<void> {
    if (room.reading) return;
    room.reading = true;
    try {
      for (let id = room.news.shift(); id !== undefined; id = room.news.shift()) await this.tell(room, id);
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'what waits for people could not be read to tell of it');
    } finally {
      room.reading = false;
    }
  }

  private async tell(room: Room, id: ApprovalId): Promise<void> {
    const request = await this.inbox.find(id);
    if (!request) return;
    const levels = await this.access.listLevelsAt(request.serverId);
    for (const { principal, tell } of [...room.followers]) {
      const level = levels.get(principal.userId);
      const { userId, organizationId } = principal;
      const sight: Sight = { userId, organizationId, levels: new Map(level ? [[request.serverId, level]] : []) };
      if (!sees(sight, request)) continue;
      const item = toItem(principal, sight, request);
      tell(request.status === 'pending' ? toRequestedEvent(item) : toResolvedEvent(item));
    }
  }
}
