import type { SignInSecrets } from '../upstream-accounts/account.js';
import type { AuthMethod } from './server.js';
import { credentialsRequired } from './registry.errors.js';

/** What a person enters; which of it counts depends on the way to sign in. */
export interface CredentialsInput {
  apiKey?: string | undefined;
  header?: string | undefined;
  scheme?: string | undefined;
  accessToken?: string | undefined;
}

/**
 * What is sealed: one header of each request to the server, what a service was configured with, the secrets of the client that
 * accounts sign in with, or both.
 */
export type StoredCredentials =
  HeaderCredential | (ServiceConfiguration & { oauthClient?: SignInSecrets }) | { oauthClient: SignInSecrets };

export interface HeaderCredential {
  header: string;
  value: string;
}

/** What a person entered for a service of the catalogue, and what it comes to. */
export interface ServiceConfiguration {
  config: Readonly<Record<string, ConfigValue>>;
  /** Of each request, to a remote server. */
  headers: Readonly<Record<string, string>>;
  /** Of the process, where a package is run. */
  env: Readonly<Record<string, string>>;
  args: readonly string[];
}

export type ConfigValue = string | number | boolean | readonly string[];

export const NOTHING_CONFIGURED: ServiceConfiguration = { config: {}, headers: {}, env: {}, args: [] };

const DEFAULT_HEADER = 'Authorization';
const DEFAULT_SCHEME = 'Bearer';
export const MAX_CREDENTIAL_LENGTH = 8_192;

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Headers that the connection itself needs (RFC 9110, section 7.6.1, and the MCP transports), or that decide where a request goes. */
const RESERVED = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'last-event-id',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);
const RESERVED_PREFIXES = ['content-', 'mcp-', 'sec-', 'x-forwarded-'];

/** What is wrong with the name of a header that carries a key, or undefined. */
export function findHeaderProblem(name: string): string | undefined {
  if (!TOKEN.test(name)) return 'must be the name of an HTTP header, such as X-API-Key';
  const lower = name.toLowerCase();
  const reserved = RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return reserved ? 'is a header that the connection needs for itself' : undefined;
}

/** What is wrong with a secret that a header will carry, or undefined. Never repeats it. */
export function findSecretProblem(value: string): string | undefined {
  if (value.length > MAX_CREDENTIAL_LENGTH) return `must have at most ${MAX_CREDENTIAL_LENGTH} characters`;
  return /^[\x20-\x7e]*$/.test(value) ? undefined : 'must consist of printable ASCII characters';
}

export function findSchemeProblem(scheme: string): string | undefined {
  return scheme === '' || TOKEN.test(scheme) ? undefined : 'must be one word, such as Bearer, or empty';
}

export const isEmptyInput = (input: CredentialsInput | undefined): boolean =>
  !input || Object.values(input).every((value) => value === undefined || value === '');

/**
 * @returns null where the server asks for no credential
 * @throws AppError CREDENTIALS_REQUIRED
 */
export function readCredentials(method: AuthMethod, input: CredentialsInput | undefined): HeaderCredential | null {
  switch (method) {
    case 'none':
      return null;
    case 'oauth': {
      if (!input?.accessToken) throw credentialsRequired('/credentials/access_token', 'an access token');
      return { header: DEFAULT_HEADER, value: `${DEFAULT_SCHEME} ${input.accessToken}` };
    }
    case 'api_key': {
      if (!input?.apiKey) throw credentialsRequired('/credentials/api_key', 'an API key');
      const header = input.header || DEFAULT_HEADER;
      const scheme = input.scheme ?? (header.toLowerCase() === DEFAULT_HEADER.toLowerCase() ? DEFAULT_SCHEME : '');
      return { header, value: scheme === '' ? input.apiKey : `${scheme} ${input.apiKey}` };
    }
    default:
      return method satisfies never;
  }
}
