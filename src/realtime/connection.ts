import type { CloseReason, ServerFrame } from '@app/session-protocol';
import type { Principal } from '../core/identity/principal.js';

/** One live client, whatever carried it here. */
export interface Connection {
  readonly id: string;
  readonly principal: Principal;
  /** A client that does not read is closed as too slow, never buffered without end. */
  send(frame: ServerFrame): void;
  /** Until all that was sent has left. */
  flushed(): Promise<void>;
  close(reason: CloseReason): void;
}

/** What may wait for a client that reads slowly. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;
