import { z } from 'zod';
import { isKeptAsJson } from '../../platform/database/kept-text.js';
import { readRedirectTarget } from './redirect-target.js';

/** What a client says of itself (RFC 7591, 2), as the authorization server keeps it. */
export type ClientMetadata = Readonly<Record<string, unknown>>;

const MAX_REDIRECTS = 20;
const MAX_NAME_LENGTH = 200;
const MAX_BYTES = 16_384;
const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** Beyond what the protocol asks for; begins with the name of what is wrong. Undefined where nothing is. */
export function faultOf(metadata: ClientMetadata): string | undefined {
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_BYTES) {
    return `client metadata may have ${MAX_BYTES} bytes at most`;
  }
  if (!isKeptAsJson(metadata)) return 'client metadata hold U+0000, or half of a character';
  const { redirect_uris: uris, client_name: name } = metadata;
  if (typeof name === 'string' && name.length > MAX_NAME_LENGTH) {
    return `client_name may have ${MAX_NAME_LENGTH} characters at most`;
  }
  const read = z.array(z.string()).min(1).max(MAX_REDIRECTS).safeParse(uris);
  if (!read.success) return `redirect_uris must have 1 to ${MAX_REDIRECTS} members`;
  if (read.data.every((uri) => readRedirectTarget(uri) !== undefined)) return undefined;
  return (
    'redirect_uris may be https addresses, http addresses of the loopback interface, or private-use schemes that ' +
    'are a reversed domain name; without a fragment and without credentials'
  );
}

/** What is settled for each client, whatever it asks for. */
export function settle(metadata: Record<string, unknown>): void {
  // Programs on a machine listen at any port of it (RFC 8252, 7.3), whether they say that they are native or not.
  if (isNative(metadata.redirect_uris)) metadata.application_type = 'native';
  // A document is public: there is no secret to share in it.
  if (isAddress(metadata.client_id) && metadata.token_endpoint_auth_method === 'client_secret_basic') {
    metadata.token_endpoint_auth_method = 'none';
  }
  // People decide on scopes, each time: none is settled at the registration.
  delete metadata.scope;
  // Without a page between that would have to run a script.
  metadata.response_modes = ['query'];
  const { grant_types: grants } = metadata;
  if (Array.isArray(grants)) metadata.grant_types = grants.filter((grant) => GRANT_TYPES.includes(grant as string));
}

const isAddress = (id: unknown): boolean => typeof id === 'string' && id.startsWith('https://');

const isNative = (uris: unknown): boolean =>
  Array.isArray(uris) && uris.some((uri) => typeof uri === 'string' && !/^https:/i.test(uri));

/** Turns the direction of text, joins, or is not seen: with it a name can be made to look like another one. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const MAX_SHOWN = 80;

/** For people, of a client that nobody has checked: plain, on one line, bounded. */
export function shownName(name: unknown, clientId: string): string {
  const text =
    typeof name === 'string' ? name.normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim() : '';
  const shown = [...(text === '' ? clientId : text)];
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN - 1).join('')}…` : shown.join('');
}
