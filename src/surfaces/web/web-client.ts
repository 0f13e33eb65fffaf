import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestPath } from '../pipeline/request-path.js';
import { Surfaces } from '../pipeline/surface.js';

/** Serves the built web client; a page's own address gives the client too, which knows what to show there. */
export function serveWebClient(app: NestFastifyApplication, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  const fastify = app.getHttpAdapter().getInstance();
  const surfaces = app.get(Surfaces);
  // Not awaited: registering before `listen` would wait for a start that waits for this.
  void fastify.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: ['index.html'],
    setHeaders: (reply, path) => {
      const immutable = path.includes('/assets/');
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  fastify.get('/*', (request: FastifyRequest, reply: FastifyReply) => {
    const path = requestPath(request);
    const isPage = (request.headers.accept ?? '').includes('text/html');
    // A file that is not there, and anything of an API, is not found.
    if (surfaces.find(path) || !isPage || /\.[a-z0-9]{2,5}$/i.test(path)) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}
