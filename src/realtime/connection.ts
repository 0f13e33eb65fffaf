import type { CloseReason } from '@app/session-protocol';
import type { Principal } from '../core/identity/principal.js';
import type { Outgoing } from './outgoing.js';

/** One live client, whatever carried it here. */
export interface Connection {
  readonly principal: Principal;
  /** Bytes that were sent and that the system has not taken yet. */
  readonly buffered: number;
  /** A client that does not read is closed as too slow, never buffered without end. False when it is gone. */
  send(message: Outgoing): boolean;
  /** Until the client has read, or is gone; one that reads nothing for long is closed as too slow. */
  drained(): Promise<void>;
  close(reason: CloseReason): void;
}

/** What may wait for a client that reads slowly. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Who replays a log waits for the client when so much is under way. */
export const REPLAY_WINDOW_BYTES = 64 * 1024;
/** A replay may take as long as it takes, but not stand still for so long. */
export const STALL_MS = 60_000;
/** What is closed has so long to read why. */
export const FAREWELL_MS = 10_000;
