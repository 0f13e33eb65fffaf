import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work in the surroundings of now, not in the transaction, log fields or trace of who happens to ask for it later. */
export type Apart = <T>(work: () => T) => T;

export const standApart = (): Apart => AsyncLocalStorage.snapshot();
