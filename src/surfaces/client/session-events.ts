import type { DurableFrame } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { IdentityService } from '../../core/identity/identity.service.js';
import { concernedBy, IDENTITY_CHANGED } from '../../core/identity/identity-changes.js';
import { hasExpired, type Principal } from '../../core/identity/principal.js';
import type { Session } from '../../core/sessions/session.js';
import { SessionLog } from '../../core/sessions/session-log.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import { Lifecycle } from '../../platform/lifecycle.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { toSessionEventsView } from './schemas/session-views.js';
import type { EventsQuery } from './schemas/sessions.schemas.js';

const PAGE = 200;
/** How long a sign-out may go unheard: its hint may be lost. */
const SIGN_OUT_MS = 3_000;
const COMMENT_MS = 15_000;
const STREAMS_PER_USER = 32;
const STALL_MS = 60_000;

/** A session's events over HTTP: a page, or a stream of server-sent events (WHATWG HTML, section 9.2). */
@Injectable()
export class SessionEvents {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly identity: IdentityService,
    private readonly log: SessionLog,
    private readonly hints: Hints,
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
  ) {}

  async answer(
    session: Session,
    principal: Principal,
    { after, limit }: z.infer<typeof EventsQuery>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if ((request.headers.accept ?? '').includes('text/event-stream')) {
      return this.stream(session, principal, resumeFrom(request, after), reply);
    }
    const events = await this.log.read(session.id, after, limit);
    await reply.send(toSessionEventsView(events, Math.max(session.lastSeq, events.at(-1)?.seq ?? 0)));
  }

  private async stream(session: Session, principal: Principal, after: number, reply: FastifyReply): Promise<void> {
    const already = this.open.get(principal.userId) ?? 0;
    if (already >= STREAMS_PER_USER) {
      throw new AppError('rate_limited', 'TOO_MANY_STREAMS', `At most ${STREAMS_PER_USER} event streams at a time.`, {
        retryAfterSeconds: 10,
      });
    }
    this.open.set(principal.userId, already + 1);
    const { raw } = reply;
    const ended = new AbortController();
    const signOut = setInterval(() => void this.endIfOutdated(principal, ended), SIGN_OUT_MS);
    const unsubscribe = this.hints.subscribe(IDENTITY_CHANGED, (data) => {
      if (concernedBy(data)(principal)) void this.endIfOutdated(principal, ended);
    });
    raw.once('close', () => ended.abort());
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    raw.flushHeaders();
    const scoped = new ScopedSignal([ended.signal, this.lifecycle.draining]);
    try {
      await this.follow(session, after, raw, scoped.signal);
    } catch (error) {
      this.logger.warn({ err: error }, 'an event stream broke off');
    } finally {
      scoped.end();
      unsubscribe();
      clearInterval(signOut);
      raw.end();
      const left = (this.open.get(principal.userId) ?? 1) - 1;
      if (left > 0) this.open.set(principal.userId, left);
      else this.open.delete(principal.userId);
    }
  }

  private async endIfOutdated(principal: Principal, ended: AbortController): Promise<void> {
    if (hasExpired(principal, new Date())) return ended.abort();
    // Without an answer the next look tells.
    const outdated = await this.identity.listOutdated([principal]).catch(() => new Set<Principal>());
    if (outdated.has(principal)) ended.abort();
  }

  private async follow(session: Session, after: number, raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
    const bell = new Bell();
    const unlisten = this.log.listen(session.id, () => bell.ring());
    signal.addEventListener('abort', () => bell.ring());
    let cursor = after;
    let quietSince = performance.now();
    try {
      while (!signal.aborted) {
        bell.mute();
        const frames = await this.log.read(session.id, cursor, PAGE);
        for (const frame of frames) raw.write(toServerSentEvent(frame));
        cursor = frames.at(-1)?.seq ?? cursor;
        if (frames.length > 0) quietSince = performance.now();
        if (raw.writableNeedDrain) await drained(raw, signal);
        if (performance.now() - quietSince > COMMENT_MS) {
          raw.write(': still here\n\n');
          quietSince = performance.now();
        }
        if (frames.length === 0) await bell.heard(this.log.lookAgainMs);
      }
    } finally {
      unlisten();
    }
  }
}

/** Remembers a ring between two looks. */
class Bell {
  private rung = false;
  private wake: () => void = () => undefined;

  mute(): void {
    this.rung = false;
  }

  ring(): void {
    this.rung = true;
    this.wake();
  }

  /** Until it rings, or rang since it was muted; at most so long. */
  async heard(ms: number): Promise<void> {
    if (this.rung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const toServerSentEvent = (frame: DurableFrame): string =>
  `id: ${frame.seq}\nevent: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`;

function resumeFrom(request: FastifyRequest, after: number): number {
  const last = request.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : after;
}

/** Until the client has read; one that reads nothing for long is dropped, and may come back with its last id. */
async function drained(raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const stalled = setTimeout(() => raw.destroy(), STALL_MS);
    const done = () => {
      clearTimeout(stalled);
      raw.off('drain', done).off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    raw.once('drain', done).once('close', done);
    signal.addEventListener('abort', done);
  });
}
