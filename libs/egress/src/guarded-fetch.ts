import { type Agent, fetch as undiciFetch } from 'undici';
import type { DispatcherOptions } from './connector.js';
import { readDestination } from './judge.js';
import { followRedirect, isRedirect, leavesOrigin } from './redirects.js';
import { causesOf, EgressRefused, findRefusal } from './refused.js';

export interface EgressFetchInit extends RequestInit {
  /** Default true. */
  verifyTls?: boolean;
  /** Default 10 s. */
  connectTimeoutMs?: number;
}

interface Guard {
  dispatcher(options: DispatcherOptions): Agent;
}
type Request = Omit<RequestInit, 'dispatcher'>;

// The global fetch of Node refuses an agent of the undici package, and may use a proxy of the environment.
const fetchWith = undiciFetch as unknown as (url: URL, init: Request & { dispatcher: unknown }) => Promise<Response>;

/** `redirect` of `init` may narrow what happens (`manual`, `error`), never widen it. */
export async function guardedFetch(guard: Guard, input: string | URL, init: EgressFetchInit): Promise<Response> {
  const { verifyTls = true, connectTimeoutMs = 10_000, redirect = 'follow', ...rest } = init;
  const dispatcher = guard.dispatcher({ verifyTls, connectTimeoutMs });
  let { url } = readDestination(input);
  let request: Request = rest;
  for (let hops = 0; ; hops++) {
    const response = await send(url, { ...request, redirect: 'manual', dispatcher });
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null || redirect === 'manual') return response;
    await response.body?.cancel();
    if (redirect === 'error') throw leavesOrigin();
    ({ url } = followRedirect(url, location, hops));
    request = afterRedirect(request, response.status);
  }
}

async function send(url: URL, init: Request & { dispatcher: unknown }): Promise<Response> {
  try {
    return await fetchWith(url, init);
  } catch (error) {
    throw findRefusal(error) ?? (isBadPort(error) ? reservedPort() : error);
  }
}

/** Fetch standard, HTTP-redirect fetch, steps 11 and 12: 303, and a POST that was moved, go on as GET without body. */
function afterRedirect(request: Request, status: number): Request {
  const method = (request.method ?? 'GET').toUpperCase();
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  if (becomesGet) {
    const headers = new Headers(request.headers);
    for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language']) headers.delete(name);
    return { ...request, method: 'GET', body: null, headers };
  }
  if (request.body instanceof ReadableStream) {
    throw new EgressRefused(
      'EGRESS_REDIRECT',
      'The server answered with a redirect that asks for the body again.',
      'Use the address that the server redirects to.',
    );
  }
  return request;
}

/** Fetch standard, port blocking: ports of mail, X11 and other protocols that could be tricked by HTTP. */
const isBadPort = (error: unknown): boolean =>
  [...causesOf(error)].some((one) => 'message' in one && one.message === 'bad port');

const reservedPort = () =>
  new EgressRefused(
    'EGRESS_URL_INVALID',
    'The port of the URL is reserved for another protocol than HTTP.',
    'Let the server listen on another port.',
  );
