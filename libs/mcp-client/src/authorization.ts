import { UpstreamError, type Challenge } from './upstream-error.js';

/** Signs requests in with something that changes over time, as an OAuth access token does. */
export interface Authorization {
  /**
   * The value of the header `Authorization`, asked for before each request: best at hand, and not in a promise.
   * Undefined sends none.
   */
  header(): string | undefined | Promise<string | undefined>;
  /**
   * The server refused what was `sent`, and has done nothing yet. Asked once for each request, by several at a time.
   * @returns whether the request may be repeated, with what `header` says then
   */
  renew(challenge: Challenge & { sent: string | undefined }): Promise<boolean>;
}

const INSUFFICIENT_SCOPE = /\berror\s*=\s*"?insufficient_scope\b/i;

/** A refusal that another token may mend: 401, and 403 for a scope that is missing (RFC 6750, 3.1). */
export function readChallenge(status: number, wwwAuthenticate: string | undefined): Challenge | undefined {
  if (status === 401) return { status, wwwAuthenticate };
  if (status === 403 && INSUFFICIENT_SCOPE.test(wwwAuthenticate ?? '')) return { status, wwwAuthenticate };
  return undefined;
}

/** @throws UpstreamError; at once where the header is at hand */
export function headerOf(authorization: Authorization): string | undefined | Promise<string | undefined> {
  try {
    const header = authorization.header();
    return header instanceof Promise ? header.catch(refuse) : header;
  } catch (error) {
    return refuse(error);
  }
}

/** @throws UpstreamError */
export const renewed = (
  authorization: Authorization,
  challenge: Challenge & { sent: string | undefined },
): Promise<boolean> => Promise.resolve(authorization.renew(challenge)).catch(refuse);

function refuse(error: unknown): never {
  if (error instanceof UpstreamError) throw error;
  throw new UpstreamError('UPSTREAM_AUTH', 'The account at the server cannot be used now.', {
    requestSent: false,
    fix: 'Sign in to the server again.',
    cause: error,
  });
}
