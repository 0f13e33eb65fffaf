import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { IdentityService } from '../../core/identity/identity.service.js';
import { concernedBy, IDENTITY_CHANGED } from '../../core/identity/identity-changes.js';
import { hasExpired, type Principal } from '../../core/identity/principal.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import { Lifecycle } from '../../platform/lifecycle.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';

/** How long a sign-out may go unheard: its hint may be lost. */
const SIGN_OUT_MS = 3_000;
const COMMENT_MS = 15_000;
const STREAMS_PER_USER = 32;
const STALL_MS = 60_000;

export interface EventStream {
  /** Aborted when the client is gone, has no right to it any more, or this process stops. */
  signal: AbortSignal;
  /** @param id what the client sends as `Last-Event-ID` when it comes again */
  send(event: { id?: string; event: string; data: unknown }): void;
  /** Until the client has read; called now and then it also says that the stream lives. */
  flushed(): Promise<void>;
}

/** Streams of server-sent events (WHATWG HTML, section 9.2), each as long as its caller's rights. */
@Injectable()
export class EventStreams {
  private readonly ofUsers = new Map<string, number>();

  constructor(
    private readonly identity: IdentityService,
    private readonly hints: Hints,
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
  ) {}

  /** Ends when `work` does. @throws 429 TOO_MANY_STREAMS */
  async open(principal: Principal, reply: FastifyReply, work: (stream: EventStream) => Promise<void>): Promise<void> {
    this.enter(principal.userId);
    const ended = new AbortController();
    const signOut = setInterval(() => void this.endIfOutdated(principal, ended), SIGN_OUT_MS);
    const unsubscribe = this.hints.subscribe(IDENTITY_CHANGED, (data) => {
      if (concernedBy(data)(principal)) void this.endIfOutdated(principal, ended);
    });
    const { raw } = reply;
    raw.once('close', () => ended.abort());
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    raw.flushHeaders();
    const scoped = new ScopedSignal([ended.signal, this.lifecycle.draining]);
    try {
      await work(streamOver(raw, scoped.signal));
    } catch (error) {
      this.logger.warn({ err: error }, 'an event stream broke off');
    } finally {
      scoped.end();
      unsubscribe();
      clearInterval(signOut);
      raw.end();
      this.leave(principal.userId);
    }
  }

  private enter(userId: string): void {
    const already = this.ofUsers.get(userId) ?? 0;
    if (already >= STREAMS_PER_USER) {
      throw new AppError('rate_limited', 'TOO_MANY_STREAMS', `At most ${STREAMS_PER_USER} event streams at a time.`, {
        retryAfterSeconds: 10,
      });
    }
    this.ofUsers.set(userId, already + 1);
  }

  private leave(userId: string): void {
    const left = (this.ofUsers.get(userId) ?? 1) - 1;
    if (left > 0) this.ofUsers.set(userId, left);
    else this.ofUsers.delete(userId);
  }

  private async endIfOutdated(principal: Principal, ended: AbortController): Promise<void> {
    if (hasExpired(principal, new Date())) return ended.abort();
    // Without an answer the next look tells.
    const outdated = await this.identity.listOutdated([principal]).catch(() => new Set<Principal>());
    if (outdated.has(principal)) ended.abort();
  }
}

function streamOver(raw: FastifyReply['raw'], signal: AbortSignal): EventStream {
  let quietSince = performance.now();
  return {
    signal,
    send({ id, event, data }) {
      raw.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      quietSince = performance.now();
    },
    async flushed() {
      if (performance.now() - quietSince > COMMENT_MS) {
        raw.write(': still here\n\n');
        quietSince = performance.now();
      }
      if (raw.writableNeedDrain) await drained(raw, signal);
    },
  };
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
