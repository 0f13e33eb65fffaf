import { isIP } from 'node:net';
import { AppError } from '../../platform/errors/app-error.js';
import type { RequestHead } from '../pipeline/surface.js';
import { isLoopbackHost } from '../pipeline/this-machine.js';

interface OwnSites {
  /** What people open, where it is set. */
  publicUrl: string | undefined;
  /** Names by which this instance may be called beside it. */
  allowedHosts: readonly string[];
  /** Pages that may call it from a browser. */
  allowedOrigins: readonly string[];
}

/**
 * A name that is not ours may be a stranger's that points here (DNS rebinding; 2025-11-25, Transports, Security Warning).
 * Addresses cannot be rebound.
 * @throws 403
 */
export function checkHost({ host }: Pick<RequestHead, 'host'>, { publicUrl, allowedHosts }: OwnSites): void {
  const called = URL.parse(`http://${host}`);
  if (!called) throw hostIsForeign();
  const name = called.hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0 || isLoopbackHost(host)) return;
  if (publicUrl !== undefined && new URL(publicUrl).hostname === called.hostname) return;
  if (allowedHosts.includes(called.hostname) || allowedHosts.includes(called.host)) return;
  throw hostIsForeign();
}

/**
 * @returns the origin that may read the answer; undefined for programs, which send none
 * @throws 403 for a page that may not call
 */
export function checkOrigin(
  { headers: { origin }, host, secure }: Pick<RequestHead, 'headers' | 'host' | 'secure'>,
  { publicUrl, allowedOrigins }: OwnSites,
): string | undefined {
  if (origin === undefined) return undefined;
  const from = URL.parse(origin);
  if (!from || !/^https?:$/.test(from.protocol)) throw originIsForeign();
  if (allowedOrigins.includes(from.origin)) return origin;
  if (publicUrl !== undefined && from.origin === new URL(publicUrl).origin) return origin;
  const isOurs = URL.parse(`${from.protocol}//${host}`)?.host === from.host;
  if (isOurs && !(secure && from.protocol !== 'https:')) return origin;
  // A page of this machine that calls this machine: tools for developers that run in a browser.
  if (isLoopbackHost(from.host) && isLoopbackHost(host)) return origin;
  throw originIsForeign();
}

const hostIsForeign = () =>
  new AppError(
    'forbidden',
    'HOST_NOT_ALLOWED',
    'This instance is not called that. Set PUBLIC_URL or MCP_ALLOWED_HOSTS.',
  );

const originIsForeign = () =>
  new AppError('forbidden', 'ORIGIN_NOT_ALLOWED', 'Pages of this origin may not call. Set MCP_ALLOWED_ORIGINS.');
