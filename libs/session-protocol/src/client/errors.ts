import type { CloseReason } from '../vocabulary.js';

/** Why a command did not come to its end: the server's own `code`, or one of the client's. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    /**
     * The server's, or `TIMED_OUT`, `CONNECTION_LOST` (whether it was carried out is not known), `OUTBOX_FULL`,
     * `CLOSED`.
     */
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

/** The session cannot be had. A provider of credentials may throw it too: then nothing is tried again by itself. */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';

  constructor(
    readonly reason: CloseReason | 'closed',
    message = SAID[reason],
  ) {
    super(message);
  }
}

const SAID = {
  restart: 'The server restarts.',
  sign_in_again: 'The credential is not valid any more.',
  no_access: 'No access to this session.',
  no_such_server: 'There is no such server or session.',
  too_slow: 'The client reads too slowly.',
  too_many: 'Too many connections or messages.',
  closed: 'The session was closed by its client.',
} satisfies Record<CloseReason | 'closed', string>;
