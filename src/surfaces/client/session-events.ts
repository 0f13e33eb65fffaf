import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import type { Session } from '../../core/sessions/session.js';
import { SessionLog } from '../../core/sessions/session-log.js';
import { Bell } from '../../platform/hints/bell.js';
import { type EventStream, EventStreams } from '../pipeline/event-streams.js';
import { toSessionEventsView } from './schemas/session-views.js';
import type { EventsQuery } from './schemas/sessions.schemas.js';

const PAGE = 200;

/** A session's events over HTTP: a page, or a stream of server-sent events. */
@Injectable()
export class SessionEvents {
  constructor(
    private readonly streams: EventStreams,
    private readonly log: SessionLog,
  ) {}

  async answer(
    session: Session,
    principal: Principal,
    { after, limit }: z.infer<typeof EventsQuery>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if ((request.headers.accept ?? '').includes('text/event-stream')) {
      const from = resumeFrom(request, after);
      return this.streams.open(principal, reply, (stream) => this.follow(session, from, stream));
    }
    const events = await this.log.read(session.id, after, limit);
    await reply.send(toSessionEventsView(events, Math.max(session.lastSeq, events.at(-1)?.seq ?? 0)));
  }

  private async follow(session: Session, after: number, stream: EventStream): Promise<void> {
    const bell = new Bell();
    const unlisten = this.log.listen(session.id, () => bell.ring());
    stream.signal.addEventListener('abort', () => bell.ring());
    let cursor = after;
    try {
      while (!stream.signal.aborted) {
        bell.mute();
        const frames = await this.log.read(session.id, cursor, PAGE);
        for (const frame of frames) stream.send({ id: String(frame.seq), event: frame.type, data: frame });
        cursor = frames.at(-1)?.seq ?? cursor;
        await stream.flushed();
        if (frames.length === 0) await bell.heard(this.log.lookAgainMs);
      }
    } finally {
      unlisten();
    }
  }
}

function resumeFrom(request: FastifyRequest, after: number): number {
  const last = request.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : after;
}
