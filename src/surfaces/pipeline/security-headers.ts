import type { Config } from '../../platform/config/config.js';

const POLICY = [
  `default-src 'self'`,
  // React and Swagger UI set styles on elements.
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data: blob:`,
  `object-src 'none'`,
  `base-uri 'none'`,
  `form-action 'self'`,
  `frame-ancestors 'none'`,
].join('; ');

/** For what no browser has to show. */
const POLICY_OF_DATA = `default-src 'none'; frame-ancestors 'none'`;

/** On every answer; a controller may set a narrower policy. */
export const securityHeaders = (config: Config): Record<string, string> => ({
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  ...transportSecurity(config),
});

/** On answers that programs alone ask for: what a page could be led to do with them, and no more, since each costs time. */
export const securityHeadersOfData = (config: Config): Record<string, string> => ({
  'content-security-policy': POLICY_OF_DATA,
  'x-content-type-options': 'nosniff',
  ...transportSecurity(config),
});

const transportSecurity = ({ http }: Config): Record<string, string> =>
  http.publicUrl?.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {};
