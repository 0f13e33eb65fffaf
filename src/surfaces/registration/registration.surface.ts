import type { Credential } from '../../core/identity/credential.js';
import { AppError } from '../../platform/errors/app-error.js';
import { allDetails, errorHeaders, JSON_MEDIA_TYPE, toSnakeCase } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import type { DocumentedSurface } from '../pipeline/openapi.js';
import type { ErrorAnswer, RequestHead } from '../pipeline/surface.js';

/** The Registration API: `{message, status, error, data}` in snake_case. */
export const registrationSurface: DocumentedSurface = {
  name: 'registration',
  prefixes: ['/api/mcp-servers'],
  document: {
    title: 'Switchyard Registration API',
    description: 'For programs that register MCP servers. Times are epoch milliseconds.',
    schemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-API-KEY', description: 'The id of an API key, `key_…`.' },
      secret: { type: 'apiKey', in: 'header', name: 'X-API-SECRET', description: 'The key itself, `mcp_sk_…`.' },
    },
    needs: [['key', 'secret']],
  },
  errorMediaType: JSON_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  limitOf: () => 'general',
  readCredential: readKeyPair,
  writeError: toRegistrationError,
};

function readKeyPair({ headers }: RequestHead): Credential | undefined {
  const [keyId, secret] = [headers['x-api-key'], headers['x-api-secret']];
  if (keyId === undefined && secret === undefined) return undefined;
  if (typeof keyId !== 'string' || typeof secret !== 'string') throw pairIsIncomplete();
  return { scheme: 'key_pair', keyId, secret };
}

/** Where a body has what the core names. */
const PLACES: Readonly<Record<string, string>> = { '/name': '/config/name', '/url': '/config/url' };

function toRegistrationError(error: AppError, context: { requestId: string }): ErrorAnswer {
  const { code, message } = error;
  const details = toSnakeCase(allDetails(error, { ...context, place: (path) => PLACES[path] ?? path }));
  return {
    status: STATUS[error.kind],
    headers: errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'ApiKeyPair' }),
    body: { message, status: 'error', error: { code, details }, data: null },
  };
}

const pairIsIncomplete = () =>
  new AppError(
    'unauthenticated',
    'CREDENTIAL_INCOMPLETE',
    'A key takes two headers: X-API-KEY with its id, and X-API-SECRET with the key itself. One of them is missing.',
  );
