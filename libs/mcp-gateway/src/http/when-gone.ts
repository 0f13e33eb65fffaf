import type { ServerResponse } from 'node:http';

/** Hears once that a connection has closed, also one that closed before: soon, never at once. */
export function whenGone(response: ServerResponse, listener: () => void): void {
  if (response.destroyed) setImmediate(listener);
  else response.on('close', listener);
}
