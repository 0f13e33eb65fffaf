import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { AuthGuard } from './auth.guard.js';
import { requestHead } from './request-path.js';
import { Surfaces } from './surface.js';
import { bodyIsTooLarge } from './to-app-error.js';

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
    fastify.addHook('preParsing', async (request, reply) => {
      if (!this.waiting.delete(request.raw)) return;
      const limit = request.routeOptions.bodyLimit ?? bodyLimitBytes;
      if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyIsTooLarge();
      const head = requestHead(request);
      // Who signs in has no token yet; their bodies are small.
      if (this.surfaces.of(head).limitOf(head.path) !== 'auth') await this.guard.identify(request);
      reply.raw.writeContinue();
    });
  }
}
