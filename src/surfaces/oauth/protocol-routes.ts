import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Resources } from '../../core/oauth/resources.js';
import { RequestLimits } from '../pipeline/request-limits.js';
import { clientOf, readForm } from './client-of-request.js';
import { AuthorizationServer } from './provider/authorization-server.js';
import { describeResource } from './resource-metadata.js';

const BODY_LIMIT_BYTES = 32_768;
const METADATA = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const RESOURCE = '/.well-known/oauth-protected-resource';
/** RFC 9728, 3.1: the path of the resource follows. */
const RESOURCES = [RESOURCE, `${RESOURCE}/mcp`, `${RESOURCE}/mcp/s/:name`, `${RESOURCE}/mcp/t/:name`];

interface ProtocolRoute {
  methods: readonly ('GET' | 'POST')[];
  path: string;
  /** As the protocol's library has it; the path without what is before the issuer, unless it is told. */
  as?: string;
  /** Counted by the client that it is of. */
  ofClient?: true;
  /** Programs in browsers ask, from any site: they bring no cookie, and get nothing by one. */
  isOpen: boolean;
}

const ROUTES: readonly ProtocolRoute[] = [
  { methods: ['GET'], path: '/oauth/authorize', ofClient: true, isOpen: false },
  { methods: ['GET'], path: '/oauth/authorize/:uid', isOpen: false },
  { methods: ['POST'], path: '/oauth/token', ofClient: true, isOpen: true },
  { methods: ['POST'], path: '/oauth/register', isOpen: true },
  { methods: ['POST'], path: '/oauth/revoke', ofClient: true, isOpen: true },
  { methods: ['GET'], path: '/oauth/jwks', isOpen: true },
  // RFC 8414, 3.1, and its two older relatives; the last ones are for clients of 2025-03-26, which know no path.
  { methods: ['GET'], path: `${METADATA}/oauth`, as: METADATA, isOpen: true },
  { methods: ['GET'], path: `/oauth${METADATA}`, as: METADATA, isOpen: true },
  { methods: ['GET'], path: METADATA, as: METADATA, isOpen: true },
  { methods: ['GET'], path: `${OPENID}/oauth`, as: OPENID, isOpen: true },
  { methods: ['GET'], path: `/oauth${OPENID}`, as: OPENID, isOpen: true },
];

/** All that is served here, and needs no sign-in of a person: the protocol has its own proofs. */
export const protocolRoutes = (): string[] =>
  [
    ...ROUTES.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`)),
    'POST /oauth/authorize',
    ...RESOURCES.map((path) => `GET ${path}`),
  ].sort();

/** The endpoints that clients call: bodies are left to the protocol's library, hooks and limits are those of all. */
@Injectable()
export class ProtocolRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly server: AuthorizationServer,
    private readonly resources: Resources,
    private readonly limits: RequestLimits,
  ) {}

  onModuleInit(): void {
    const fastify = (this.host.httpAdapter as ReturnType<NestFastifyApplication['getHttpAdapter']>).getInstance();
    // Not awaited: registering before `listen` would wait for a start that waits for this.
    void fastify.register(async (scope: FastifyInstance) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      for (const route of ROUTES) this.serve(scope, route);
      for (const path of RESOURCES) {
        scope.get(path, async (request, reply) => this.describe(request, reply));
        scope.options(path, async (request, reply) => answerPreflight(request, reply, ['GET']));
      }
      // The library takes a request by GET only; a form of the same fields may come by POST (RFC 6749, 3.1).
      scope.post('/oauth/authorize', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) =>
        this.repeatAsGet(request, reply),
      );
    });
  }

  private describe(request: FastifyRequest, reply: FastifyReply) {
    const [path = ''] = (request.raw.url ?? '').split('?');
    const metadata = describeResource(this.resources, path.slice(RESOURCE.length) || '/mcp', request.host);
    void reply.header('access-control-allow-origin', '*');
    if (!metadata) return reply.callNotFound();
    return reply.header('cache-control', 'public, max-age=300').send(metadata);
  }

  private serve(scope: FastifyInstance, { methods, path, as, isOpen, ofClient }: ProtocolRoute): void {
    const answer = async (request: FastifyRequest, reply: FastifyReply) => {
      const raw = request.raw.url ?? path;
      const asked = ofClient ? await this.countClient(request) : request.raw;
      this.limits.tell(request);
      // What fails before the library has the request is told as everywhere.
      const respond = await this.server.prepare(as ?? raw.replace(/^\/oauth/, ''));
      reply.hijack();
      writeHeaders(reply, isOpen);
      await respond(asked, reply.raw);
    };
    scope.route({ method: [...methods], url: path, handler: answer, bodyLimit: BODY_LIMIT_BYTES });
    if (isOpen) scope.options(path, async (request, reply) => answerPreflight(request, reply, methods));
  }

  private async repeatAsGet(request: FastifyRequest, reply: FastifyReply) {
    const { form } = await readForm(request.raw, BODY_LIMIT_BYTES);
    await this.limits.countClient(request, clientOf(request.raw, form));
    return reply.code(303).header('location', `/oauth/authorize?${form.toString()}`).send();
  }

  /** @returns the request as it was @throws 413, 429 */
  private async countClient(request: FastifyRequest): Promise<IncomingMessage> {
    if (request.method !== 'POST') {
      await this.limits.countClient(request, clientOf(request.raw));
      return request.raw;
    }
    const { request: read, form } = await readForm(request.raw, BODY_LIMIT_BYTES);
    await this.limits.countClient(request, clientOf(request.raw, form));
    return read;
  }
}

/** What the hooks set is not written once the answer is somebody else's. */
function writeHeaders(reply: FastifyReply, isOpen: boolean): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  if (isOpen) openTo(reply.raw);
}

function openTo(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate, Retry-After');
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply, methods: readonly string[]) {
  const asked = request.headers['access-control-request-headers'];
  return reply
    .code(204)
    .headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods.join(', '),
      'access-control-max-age': '3600',
      ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    })
    .send();
}
