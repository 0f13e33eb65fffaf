import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActivityFeed } from '../../core/activity/activity-feed.js';
import type { Principal } from '../../core/identity/principal.js';
import { EventStreams } from '../pipeline/event-streams.js';
import { toActivityView } from './schemas/activity.schemas.js';

/** The activity as it comes in, as server-sent events: `activity`, with the line's id. */
@Injectable()
export class ActivityEvents {
  constructor(
    private readonly streams: EventStreams,
    private readonly feed: ActivityFeed,
  ) {}

  async answer(principal: Principal, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const last = request.headers['last-event-id'];
    const after = typeof last === 'string' ? last.slice(0, 100) : undefined;
    await this.streams.open(principal, reply, async (stream) => {
      for await (const batch of this.feed.follow(principal.organizationId, after, stream.signal)) {
        for (const entry of batch) stream.send({ id: entry.id, event: 'activity', data: toActivityView(entry) });
        await stream.flushed();
      }
    });
  }
}
