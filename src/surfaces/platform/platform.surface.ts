import { readBearerOrApiKey } from '../pipeline/authorization.js';
import { JSON_MEDIA_TYPE } from '../pipeline/error-parts.js';
import type { DocumentedSurface } from '../pipeline/openapi.js';
import { isBelow } from '../pipeline/surface.js';
import { toPlatformError } from './platform-errors.js';

/** The Platform API: `{success, data, meta}` in camelCase, errors as `{success: false, error}`. */
export const platformSurface: DocumentedSurface = {
  name: 'platform',
  prefixes: ['/v1'],
  document: {
    title: 'Switchyard Platform API',
    description: 'Accounts, API keys and organizations for programs. Times are ISO 8601 UTC, durations seconds.',
    schemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' },
      api_key: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`ApiKey <key>`' },
    },
    needs: [['bearer'], ['api_key']],
  },
  errorMediaType: JSON_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  callers: 'programs',
  limitOf: (path) => (isBelow(path, '/v1/auth') ? 'auth' : 'general'),
  readCredential: readBearerOrApiKey,
  writeError: toPlatformError,
};
