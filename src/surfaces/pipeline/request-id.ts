import { newId } from '../../platform/ids.js';

/** The caller's own id when it is a sane one. */
export const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(given) ? given : newId('req');
