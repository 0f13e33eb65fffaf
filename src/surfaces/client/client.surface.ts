import { readBearer, readBearerOrApiKey } from '../pipeline/authorization.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../pipeline/problem.js';
import { isBelow } from '../pipeline/surface.js';
import type { DocumentedSurface } from '../pipeline/openapi.js';

/** Below these somebody may guess. */
const SIGN_IN = [
  '/api/v1/auth',
  '/api/v1/approvals/links',
  '/api/v1/instance/claim',
  '/api/v1/invitations/peek',
  '/api/v1/user/password',
];

/** The Client API: bare resources in snake_case, errors as `application/problem+json`. */
export const clientSurface: DocumentedSurface = {
  name: 'client',
  prefixes: ['/api/v1', '/api/artifacts'],
  document: {
    title: 'Switchyard Client API',
    description: 'Sign in, register MCP servers, open sessions, take artifacts. Times are ISO 8601 UTC.',
    schemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' } },
    needs: [['bearer']],
  },
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  limitOf: (path) => (SIGN_IN.some((prefix) => isBelow(path, prefix)) ? 'auth' : 'general'),
  // Answers of the Platform API link to files, which are fetched with the credential that made them.
  readCredential: (head) => (isBelow(head.path, '/api/artifacts') ? readBearerOrApiKey(head) : readBearer(head)),
  writeError: toProblem,
};
