import { PROBLEM_MEDIA_TYPE, toProblem } from '../pipeline/problem.js';
import type { Surface } from '../pipeline/surface.js';

/** For developers on the same machine, so nothing is counted and nobody signs in. */
export const devMailboxSurface: Surface = {
  name: 'dev-mailbox',
  prefixes: ['/dev/mailbox'],
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  limitOf: () => 'none',
  readCredential: () => undefined,
  writeError: toProblem,
};
