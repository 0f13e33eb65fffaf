import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { normalIp } from '../../core/identity/ip-address.js';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Lifecycle } from '../../platform/lifecycle.js';
import { type AmbientFields, enterLogFields, Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import { checkSite } from './cross-site.js';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { RequestLimits } from './request-limits.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestSpans } from './request-spans.js';
import { requestHead, requestPath } from './request-path.js';
import { findPrincipal } from './request-principal.js';
import { securityHeaders, securityHeadersOfData } from './security-headers.js';
import { type Surface, Surfaces } from './surface.js';
import { badUrl } from './to-app-error.js';

/** Headers of which a second one is an attack on whoever reads the other. */
const ONCE = new Set([
  'host',
  'authorization',
  'x-api-key',
  'x-api-secret',
  'content-type',
  'content-length',
  'transfer-encoding',
]);

/** What happens to every request before and after its route, unknown ones included. */
@Injectable()
export class RequestHooks {
  private readonly headers = new Map<Surface, Record<string, string>>();

  constructor(
    private readonly surfaces: Surfaces,
    private readonly limits: RequestLimits,
    private readonly logger: Logger,
    private readonly metrics: RequestMetrics,
    private readonly spans: RequestSpans,
    private readonly lifecycle: Lifecycle,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => this.open(request, reply, done));
    fastify.addHook('onRequest', (request, reply, done) => this.check(request, reply, done));
    fastify.addHook('onResponse', (request, reply, done) => {
      this.close(request, reply);
      done();
    });
  }

  /** First of all, whatever becomes of it; what `done` does has its surroundings. */
  open(request: HttpRequest, reply: HttpReply, done: () => void): void {
    const surface = this.surfaces.of(requestHead(request));
    reply.headers(this.headersOf(surface));
    // Whoever kept the connection should find another process for the next request.
    if (this.lifecycle.isDraining) reply.header('connection', 'close');
    reply.header('x-request-id', request.id);
    enterLogFields(ambienceOf(request));
    this.spans.open(request, done);
  }

  /** Before its body is looked at. `done` is told of a refusal: 400, 403, 429, 503. */
  check(request: HttpRequest, reply: HttpReply, done: (error?: Error) => void): void {
    const head = requestHead(request);
    const surface = this.surfaces.find(head);
    const goOn = () => {
      checkQuery(request.raw.url ?? '');
      checkHead(request.raw);
      if (surface?.crossSite === 'refused') checkSite(head, this.config.http.publicUrl);
      if (surface?.contentTypes === 'any') request.headers['content-type'] = 'application/json';
    };
    // Before every request: no promise where none is needed.
    try {
      const counting = this.count(request, reply);
      if (counting) return void counting.then(goOn).then(() => done(), done);
      goOn();
    } catch (refusal) {
      return done(refusal as Error);
    }
    done();
  }

  /** When it was answered. */
  close(request: HttpRequest, reply: HttpReply): void {
    this.log(request, reply);
    this.metrics.seen(request, reply.statusCode, reply.elapsedTime);
    this.spans.close(request, reply.statusCode);
  }

  /** The same for each answer of a surface, so they are put together once. */
  private headersOf(surface: Surface): Record<string, string> {
    const known = this.headers.get(surface);
    if (known) return known;
    const always = surface.answers === 'data' ? securityHeadersOfData(this.config) : securityHeaders(this.config);
    const headers = { ...always, ...surface.headers };
    this.headers.set(surface, headers);
    return headers;
  }

  /** Of what comes before any hook, too. @throws 429, 503 */
  count(request: HttpRequest, reply: HttpReply): void | Promise<void> {
    const surface = this.surfaces.find(requestHead(request));
    const kind = surface ? surface.limitOf(requestPath(request)) : request.is404 ? 'general' : 'none';
    return this.limits.countAddress(request, reply, kind);
  }

  private log(request: HttpRequest, reply: HttpReply): void {
    const head = requestHead(request);
    const surface = this.surfaces.find(head);
    const isAlwaysLogged = request.is404 || (surface && surface.requestsLogged !== 'in detail');
    if (!isAlwaysLogged && !this.logger.isDetailed) return;
    const fields = {
      requestId: request.id,
      userId: findPrincipal(request)?.userId,
      method: request.method,
      // The pattern, never the address: a query may hold a token.
      route: request.is404 ? 'unknown' : head.path,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (isAlwaysLogged) this.logger.info(fields, 'request');
    else this.logger.debug(fields, 'request');
  }
}

/** Postgres keeps no text with U+0000, so it can be looked for nowhere. In a path it is part of an id that nothing has. @throws 400 */
function checkQuery(address: string): void {
  const at = address.indexOf('?');
  if (at >= 0 && address.includes('%00', at)) throw badUrl();
}

/** Whole from the beginning, though the guard fills it in: what is read of it so often has to keep its form. */
const ambienceOf = ({ id, ip, headers }: HttpRequest): AmbientFields => ({
  requestId: id,
  userId: undefined,
  caller: {
    ip: normalIp(ip),
    userAgent: headers['user-agent'],
    actor: undefined,
    credentialId: undefined,
    via: undefined,
  },
});

/** @throws 400 */
function checkHead({ headers, rawHeaders }: IncomingMessage): void {
  let names = 0;
  for (const name in headers) if (name !== '') names += 1;
  // None came twice.
  if (names * 2 === rawHeaders.length) return;
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.includes(name)) {
      throw new AppError('invalid', 'HEADER_REPEATED', `The header ${name} may be sent only once.`);
    }
    seen.push(name);
  }
}
