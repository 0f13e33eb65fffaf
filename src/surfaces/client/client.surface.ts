import { readBearer } from '../pipeline/bearer.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../pipeline/problem.js';
import { isBelow, type Surface } from '../pipeline/surface.js';

/** The Client API: bare resources in snake_case, errors as `application/problem+json`. */
export const clientSurface: Surface = {
  name: 'client',
  prefixes: ['/api/v1', '/api/artifacts'],
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  limitOf: (path) => (isBelow(path, '/api/v1/auth') ? 'auth' : 'general'),
  readCredential: readBearer,
  writeError: toProblem,
};
