import { AppError } from '../../platform/errors/app-error.js';
import type { RequestHead } from './surface.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * For credentials that browsers send by themselves. A program sends neither `Origin` nor `Sec-Fetch-Site`.
 * @param publicUrl what people open, where it is another address than the request's
 * @throws 403 for what another site made a browser send
 */
export function checkSite({ method, headers, host, secure }: RequestHead, publicUrl: string | undefined): void {
  if (SAFE.has(method)) return;
  const { origin, 'sec-fetch-site': site } = headers;
  if (site === 'cross-site') throw siteIsForeign();
  if (origin === undefined) return;
  // A form of ours: our pages tell no referrer, and then browsers hide the origin of forms (Fetch, Origin header).
  if (origin === 'null' && site === 'same-origin') return;
  const from = URL.parse(origin);
  if (!from) throw siteIsForeign();
  if (publicUrl !== undefined && from.origin === new URL(publicUrl).origin) return;
  // A proxy in front of us may end TLS without our knowing, so of the scheme less is asked than of the host.
  const isOurs = URL.parse(`${from.protocol}//${host}`)?.host === from.host;
  if (!isOurs || (secure && from.protocol !== 'https:')) throw siteIsForeign();
}

const siteIsForeign = () =>
  new AppError('forbidden', 'CROSS_SITE_REQUEST', 'A page of another site may not make this request.');
