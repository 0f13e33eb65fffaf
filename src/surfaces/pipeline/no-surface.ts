import { PROBLEM_MEDIA_TYPE, toProblem } from './problem.js';
import type { Surface } from './surface.js';

/** For paths that no document names: the web client, the documentation, the unknown. */
export const noSurface: Surface = {
  name: 'none',
  prefixes: [],
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: {},
  limitOf: () => 'none',
  readCredential: () => undefined,
  writeError: toProblem,
};
