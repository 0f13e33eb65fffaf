import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { z } from 'zod';
import type { Action } from '../../core/identity/permissions.js';
import type { Principal } from '../../core/identity/principal.js';
import { AuthGuard } from './auth.guard.js';
import { ErrorWriter } from './error-writer.js';
import { quickReader } from './quick-reader.js';
import { validationFailed } from './validation.pipe.js';

interface DirectRoute<Body extends z.ZodType> {
  /** `POST /v1/…`, as its controller declares it. */
  route: string;
  /** As its controller allows it. */
  action: Action;
  body: Body;
  handle: (principal: Principal, body: z.infer<Body>, request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/**
 * Routes of which there are thousands a second: the same hooks, guard, schema and errors as all others, without what Nest
 * does between them. Their controllers declare them as any route, for the documentation, and register them here.
 */
@Injectable()
export class DirectRoutes {
  private readonly handlers = new Map<string, RouteHandlerMethod>();

  constructor(
    private readonly guard: AuthGuard,
    private readonly errors: ErrorWriter,
  ) {}

  serve<Body extends z.ZodType>(route: DirectRoute<Body>): void {
    const quick = quickReader(route.body);
    const read = (given: unknown) => quick(given) ?? readBody(route.body, given);
    this.handlers.set(route.route, (request, reply) => void this.answer(route, read, request, reply));
  }

  /** Before the routes of controllers are registered. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const handler = this.handlers.get(`${String(route.method)} ${route.url}`);
      if (handler) route.handler = handler;
    });
  }

  private async answer<Body extends z.ZodType>(
    { action, handle }: DirectRoute<Body>,
    read: (given: unknown) => z.infer<Body>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    try {
      const admitted = this.guard.admit(request, action);
      const principal = admitted instanceof Promise ? await admitted : admitted;
      await handle(principal, read(request.body), request, reply);
    } catch (error) {
      this.errors.write(error, request, reply);
    }
  }
}

/** @throws 400 */
function readBody<Body extends z.ZodType>(schema: Body, given: unknown): z.infer<Body> {
  const read = schema.safeParse(given);
  if (!read.success) throw validationFailed(read.error.issues);
  return read.data;
}
