import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestHead } from '../pipeline/request-path.js';
import { Surfaces } from '../pipeline/surface.js';

/** Serves the built web client; a page's own address gives the client too, which knows what to show there. */
export function serveWebClient(app: NestFastifyApplication, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  const fastify = app.getHttpAdapter().getInstance();
  const surfaces = app.get(Surfaces);
  // Not awaited: registering before `listen` would wait for a start that waits for this.
  void fastify.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, preCompressed: true });
  fastify.get('/*', (request: FastifyRequest, reply: FastifyReply) => {
    const head = requestHead(request);
    const { path } = head;
    if (surfaces.find(head)) return reply.callNotFound();
    if (isFile(path)) return sendFile(reply, path);
    const isPage = path === '/' || (request.headers.accept ?? '').includes('text/html');
    return isPage ? sendFile(reply, '/index.html') : reply.callNotFound();
  });
}

/** What is under a server is a page: a tool may be called `users.query`. */
const isFile = (path: string) => /\.[a-z0-9]{2,5}$/i.test(path) && !path.startsWith('/servers/');

/** The names of assets change with their contents; everything else is asked for again. */
function sendFile(reply: FastifyReply, path: string) {
  const immutable = path.startsWith('/assets/');
  reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  return reply.sendFile(path.slice(1));
}
