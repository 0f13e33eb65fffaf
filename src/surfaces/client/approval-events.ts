import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../core/identity/principal.js';
import { type InboxEvent, InboxFeed } from '../../core/inbox/inbox-feed.service.js';
import { InboxService } from '../../core/inbox/inbox.service.js';
import { Bell } from '../../platform/hints/bell.js';
import { EventStreams } from '../pipeline/event-streams.js';
import { toCountsView } from './schemas/approvals.schemas.js';

/** What a lost hint would leave wrong is right after this long. */
const COUNT_AGAIN_MS = 10_000;
/** Told while the client does not read; of more, the counts say that there is something. */
const MOST_WAITING = 256;

/** What waits for people, as server-sent events. */
@Injectable()
export class ApprovalEvents {
  constructor(
    private readonly inbox: InboxService,
    private readonly feed: InboxFeed,
    private readonly streams: EventStreams,
  ) {}

  async answer(principal: Principal, reply: FastifyReply): Promise<void> {
    const bell = new Bell();
    const waiting: InboxEvent[] = [];
    const unfollow = this.feed.follow(principal, (event) => {
      if (waiting.length < MOST_WAITING) waiting.push(event);
      bell.ring();
    });
    try {
      await this.streams.open(principal, reply, async (stream) => {
        const end = () => bell.ring();
        stream.signal.addEventListener('abort', end);
        for (let told = ''; !stream.signal.aborted;) {
          bell.mute();
          for (const { type, payload } of waiting.splice(0)) stream.send({ event: type, data: payload });
          const counts = toCountsView(await this.inbox.count(principal));
          const text = JSON.stringify(counts);
          if (text !== told) stream.send({ event: 'counts', data: counts });
          told = text;
          await stream.flushed();
          await bell.heard(COUNT_AGAIN_MS);
        }
      });
    } finally {
      unfollow();
    }
  }
}
