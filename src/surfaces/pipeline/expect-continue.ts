import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AuthGuard } from './auth.guard.js';
import { requestHead } from './request-path.js';
import { type RateLimitClass, Surfaces } from './surface.js';
import { bodyIsTooLarge } from './to-app-error.js';

/** Who signs in, or a client that asks for tokens, has none yet; their bodies are small. */
const WITHOUT_TOKEN: ReadonlySet<RateLimitClass> = new Set(['auth', 'registration', 'clients']);

/** `Expect: 100-continue` (RFC 9110, 10.1.1): nobody is asked for a body that would be refused unread. */
@Injectable()
export class ExpectContinue {
  private readonly waiting = new WeakSet<IncomingMessage>();

  constructor(
    private readonly guard: AuthGuard,
    private readonly surfaces: Surfaces,
  ) {}

  /** @param bodyLimitBytes where a route has no limit of its own */
  install(fastify: FastifyInstance, bodyLimitBytes: number): void {
    const { server } = fastify;
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      this.waiting.add(request);
      server.emit('request', request, response);
    });
    // Before every body: no promise where nobody waits.
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      if (!this.waiting.delete(request.raw)) return done(null, payload);
      this.admit(request, bodyLimitBytes).then(() => {
        reply.raw.writeContinue();
        done(null, payload);
      }, done);
    });
  }

  /** @throws 401, 413, 429 */
  private async admit(request: FastifyRequest, bodyLimitBytes: number): Promise<void> {
    const limit = request.routeOptions.bodyLimit ?? bodyLimitBytes;
    if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyIsTooLarge();
    const head = requestHead(request);
    if (!WITHOUT_TOKEN.has(this.surfaces.of(head).limitOf(head.path))) await this.guard.identify(request);
  }
}
