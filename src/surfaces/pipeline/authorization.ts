import type { Credential } from '../../core/identity/credential.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { RequestHead } from './surface.js';
import { twoCredentials } from './two-credentials.js';

/** `<scheme> <token68>` (RFC 9110, 11.4), of which the token of RFC 6750, 2.1, is a case. */
const FORM = /^(\w+) +([A-Za-z0-9._~+/-]+=*)$/;
/** Two headers that somebody on the way made into one. */
const TWO = /^\w+ +[^ ,]+ *, *\w+ +[^ ,]+$/;

/** `Authorization: Bearer`: an access token or an API key. @throws 401 for another scheme or form */
export const readBearer = ({ headers }: Pick<RequestHead, 'headers'>): Credential | undefined =>
  read(headers.authorization, ['bearer']);

/** `Authorization: Bearer` or `Authorization: ApiKey`. @throws 401 for another scheme or form */
export const readBearerOrApiKey = ({ headers }: Pick<RequestHead, 'headers'>): Credential | undefined =>
  read(headers.authorization, ['bearer', 'apikey']);

const NAMES = { bearer: 'Bearer <access token>', apikey: 'ApiKey <key>' } as const;
type Scheme = keyof typeof NAMES;

function read(authorization: string | undefined, schemes: readonly Scheme[]): Credential | undefined {
  if (authorization === undefined) return undefined;
  const [, name = '', token] = FORM.exec(authorization.trim()) ?? [];
  const scheme = schemes.find((known) => known === name.toLowerCase());
  if (scheme === undefined || token === undefined) throw malformed(authorization, schemes);
  return scheme === 'bearer' ? { scheme, token } : { scheme: 'api_key', key: token };
}

const malformed = (authorization: string, schemes: readonly Scheme[]) =>
  TWO.test(authorization.trim())
    ? twoCredentials()
    : new AppError(
        'unauthenticated',
        'CREDENTIAL_MALFORMED',
        `Authorization has to be: ${schemes.map((scheme) => NAMES[scheme]).join(', or ')}.`,
      );
