import { EgressRefused, findRefusal, readText } from '@app/egress';
import { OAuthClientError } from './oauth-error.js';

/** A fetch that judges every address; see `EgressGuard.fetch`. */
export type GuardedFetch = (url: string | URL, init: RequestInit) => Promise<Response>;

export interface OAuthHttp {
  fetch: GuardedFetch;
  signal?: AbortSignal;
  /** For each request, with its answer. Default 10 s. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/**
 * One request, its answer read to the end within the time and the size that documents and tokens need.
 * @throws OAuthClientError OAUTH_UNREACHABLE, OAUTH_METADATA_UNSAFE where the guard refuses the address
 */
export async function boundedFetch(
  { fetch, signal, timeoutMs = TIMEOUT_MS }: OAuthHttp,
  url: string | URL,
  init: RequestInit,
): Promise<Response> {
  const ending = new AbortController();
  const follow = () => ending.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => ending.abort(new Error('The time is over.')), timeoutMs);
  try {
    const answer = await fetch(url, { ...init, signal: ending.signal });
    const text = await readText(answer, MAX_BYTES);
    const hasBody = text !== '' && answer.status !== 204 && answer.status !== 205;
    return new Response(hasBody ? text : null, { status: answer.status, headers: answer.headers });
  } catch (error) {
    throw toUnreachable(error, hostOf(url));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', follow);
  }
}

function toUnreachable(error: unknown, host: string): OAuthClientError {
  const refusal = error instanceof EgressRefused ? error : findRefusal(error);
  if (refusal) {
    return new OAuthClientError(
      'OAUTH_METADATA_UNSAFE',
      `An address of the sign-in is not called: ${refusal.message}`,
      {
        fix: refusal.fix,
        detail: refusal.code,
        cause: error,
      },
    );
  }
  return new OAuthClientError('OAUTH_UNREACHABLE', `${host} did not answer.`, {
    fix: 'Try again; if it stays so, ask who runs the server.',
    cause: error,
  });
}

const hostOf = (url: string | URL): string => URL.parse(url.toString())?.host || 'The authorization server';
