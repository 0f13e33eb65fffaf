import { readBearer } from '../pipeline/authorization.js';
import type { DocumentedSurface } from '../pipeline/openapi.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../pipeline/problem.js';
import { isBelow } from '../pipeline/surface.js';

/** The Admin API: snake_case, pages as `{items, total, page, page_size, pages}`, errors as `application/problem+json`. */
export const adminSurface: DocumentedSurface = {
  name: 'admin',
  prefixes: ['/api', '/auth', '/health'],
  document: {
    title: 'Switchyard Admin API',
    description: 'For those who run servers for an organization, and the instance. Times are ISO 8601 UTC.',
    schemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' } },
    needs: [['bearer']],
  },
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  limitOf: (path) => (isBelow(path, '/auth') && path !== '/auth/me' ? 'auth' : 'general'),
  readCredential: readBearer,
  writeError: toProblem,
};
