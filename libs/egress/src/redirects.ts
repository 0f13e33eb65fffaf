import { readDestination, type Destination } from './judge.js';
import { EgressRefused } from './refused.js';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export const isRedirect = (status: number): boolean => REDIRECTS.has(status);

/**
 * Where a redirect leads, if it may be followed: within the origin, and not for ever.
 * @param hops redirects followed before this one
 * @throws EgressRefused EGRESS_REDIRECT
 */
export function followRedirect(from: URL, location: string, hops: number): Destination {
  const next = URL.parse(location, from.href);
  if (next?.origin !== from.origin) throw leavesOrigin();
  if (hops === MAX_REDIRECTS) throw tooManyRedirects();
  return readDestination(next);
}

export const leavesOrigin = () =>
  new EgressRefused(
    'EGRESS_REDIRECT',
    'The server redirects to another address, which is not followed.',
    'If you trust the other address, use it directly.',
  );

const tooManyRedirects = () =>
  new EgressRefused('EGRESS_REDIRECT', 'The server redirects in a circle.', 'Check the path of the URL.');
