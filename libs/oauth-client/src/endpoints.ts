import { OAuthClientError } from './oauth-error.js';

/** Without TLS only where the server itself is asked without it, or on this machine. */
export interface TransportRule {
  allowHttp: boolean;
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export const transportRuleOf = (serverUrl: string): TransportRule => ({
  allowHttp: URL.parse(serverUrl)?.protocol === 'http:',
});

/**
 * An address that a document names, before anything is sent there or a browser is led there.
 * @throws OAuthClientError OAUTH_METADATA_UNSAFE
 */
export function readEndpoint(value: unknown, what: string, { allowHttp }: TransportRule): string {
  const url = typeof value === 'string' && value.length <= 2_048 ? URL.parse(value) : null;
  if (!url) throw unsafe(`${what} is no URL.`);
  const isHttp = url.protocol === 'http:' && (allowHttp || LOOPBACK.test(url.hostname));
  if (url.protocol !== 'https:' && !isHttp) throw unsafe(`${what} does not begin with https://.`);
  if (url.username !== '' || url.password !== '') throw unsafe(`${what} carries a user name or password.`);
  if (url.hash !== '') throw unsafe(`${what} has a fragment.`);
  return value as string;
}

export const unsafe = (message: string, detail?: string) =>
  new OAuthClientError('OAUTH_METADATA_UNSAFE', `The sign-in of this server is not safe to use: ${message}`, {
    fix: 'Ask who runs the server to correct what it publishes about its authorization server.',
    ...(detail !== undefined && { detail }),
  });
