import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Action } from '../../core/identity/permissions.js';
import type { Principal } from '../../core/identity/principal.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/tokens.js';
import { AuthGuard } from './auth.guard.js';
import { ErrorWriter } from './error-writer.js';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { parseJsonBody } from './json-body.js';
import { LightReply, LightRequest } from './light-exchange.js';
import { quickReader } from './quick-reader.js';
import { RequestHooks } from './request-hooks.js';
import { validationFailed } from './validation.pipe.js';

interface DirectRoute<Body extends z.ZodType> {
  /** `POST /v1/…`, as its controller declares it; without parameters. */
  route: string;
  /** As its controller allows it. */
  action: Action;
  body: Body;
  handle: (principal: Principal, body: z.infer<Body>, request: HttpRequest, reply: HttpReply) => Promise<void>;
}

interface ServedRoute {
  /** The path, which is the pattern of the route: one text for all its requests. */
  url: string;
  handle: (request: HttpRequest, reply: HttpReply) => Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What may come after a path in an address. */
const ENDS: ReadonlySet<string | undefined> = new Set([undefined, '/', '?']);
/** Of bodies that are read here; Fastify reads larger ones, and those of which nobody knows how large they are. */
const MOST_BYTES = 256 * 1024;
const JSON_BODY = /^application\/json(?:; ?charset=utf-8)?$/i;

/**
 * Routes of which there are thousands a second: the same hooks, guard, schema and errors as all others, without what Nest
 * and Fastify do between them. Their controllers declare them as any route, for the documentation and for whatever is
 * unusual about a request, and register them here.
 */
@Injectable()
export class DirectRoutes {
  /** By method and path. */
  private readonly routes = new Map<string, ServedRoute>();
  private readonly below: { path: string; answer: Answer }[] = [];

  constructor(
    private readonly guard: AuthGuard,
    private readonly errors: ErrorWriter,
    private readonly hooks: RequestHooks,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  serve<Body extends z.ZodType>({ route, action, body, handle }: DirectRoute<Body>): void {
    const quick = quickReader(body);
    const answer = async (request: HttpRequest, reply: HttpReply) => {
      const admitted = this.guard.admit(request, action);
      const principal = admitted instanceof Promise ? await admitted : admitted;
      await handle(principal, quick(request.body) ?? readBody(body, request.body), request, reply);
    };
    this.routes.set(route, { url: route.slice(route.indexOf(' ') + 1), handle: answer });
  }

  /** All requests at a path, and at those below it: whoever answers does all of it. */
  serveBelow(path: string, answer: Answer): void {
    this.below.push({ path, answer });
  }

  /** Before anybody else who listens for requests: they get those that are not answered here. */
  install(server: Server): void {
    const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (this.take(request, response)) return;
      for (const other of others) other.call(server, request, response);
    });
  }

  private take(raw: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '', headers } = raw;
    for (const { path, answer } of this.below) {
      if (url.startsWith(path) && ENDS.has(url[path.length])) {
        answer(raw, response);
        return true;
      }
    }
    const route = this.routes.get(`${method} ${url}`);
    if (!route || headers.expect !== undefined || !JSON_BODY.test(headers['content-type'] ?? '')) return false;
    if (!(Number(headers['content-length']) <= MOST_BYTES)) return false;
    const reply = new LightReply(response);
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => void chunks.push(chunk));
    raw.on('end', () =>
      this.answer(route, new LightRequest(raw, route.url, this.config.http.trustProxy), reply, chunks),
    );
    return true;
  }

  private answer(route: ServedRoute, request: LightRequest, reply: LightReply, chunks: readonly Buffer[]): void {
    const fail = (error: unknown) => this.errors.write(error, request, reply);
    reply.raw.once('finish', () => this.hooks.close(request, reply));
    this.hooks.open(request, reply, () =>
      this.hooks.check(request, reply, (refusal) => {
        if (refusal) return fail(refusal);
        try {
          request.body = parseJsonBody(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
        } catch (error) {
          return fail(error);
        }
        route.handle(request, reply).catch(fail);
      }),
    );
  }
}

/** @throws 400 */
function readBody<Body extends z.ZodType>(schema: Body, given: unknown): z.infer<Body> {
  const read = schema.safeParse(given);
  if (!read.success) throw validationFailed(read.error.issues);
  return read.data;
}
