import type { HttpRequest } from './http-exchange.js';
import type { RequestHead } from './surface.js';

/**
 * The path by which a request is judged: the pattern of its route, so that no spelling of an address (`/%61pi/…`) gets
 * around a rule; for an unknown address, the address decoded.
 */
export function requestPath(request: HttpRequest): string {
  const pattern = request.routeOptions?.url;
  if (!request.is404 && pattern !== undefined && pattern.startsWith('/') && !pattern.includes('*')) return pattern;
  const [path = '/'] = (request.raw.url ?? '/').split('?');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** On the request itself: tables keyed by requests cost the collector more than what they save. */
const HEAD = Symbol('head');

/** What surfaces know of a request. */
export function requestHead(request: HttpRequest & { [HEAD]?: RequestHead }): RequestHead {
  return (request[HEAD] ??= readHead(request));
}

function readHead(request: HttpRequest): RequestHead {
  return {
    method: request.method,
    path: requestPath(request),
    headers: request.headers,
    host: request.host,
    secure: request.protocol === 'https',
  };
}
