import type { FastifyRequest } from 'fastify';
import type { RequestHead } from './surface.js';

/**
 * The path by which a request is judged: the pattern of its route, so that no spelling of an address (`/%61pi/…`) gets
 * around a rule; for an unknown address, the address decoded.
 */
export function requestPath(request: FastifyRequest): string {
  const pattern = request.routeOptions?.url;
  if (!request.is404 && pattern !== undefined && pattern.startsWith('/') && !pattern.includes('*')) return pattern;
  const [path = '/'] = (request.raw.url ?? '/').split('?');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const heads = new WeakMap<FastifyRequest, RequestHead>();

/** What surfaces know of a request. */
export function requestHead(request: FastifyRequest): RequestHead {
  const known = heads.get(request);
  if (known) return known;
  const head = {
    method: request.method,
    path: requestPath(request),
    headers: request.headers,
    host: request.host,
    secure: request.protocol === 'https',
  };
  heads.set(request, head);
  return head;
}
