/**
 * What may end a wait before its time: the part of an AbortSignal that waits need. Whoever makes thousands of them a second
 * can do it with less than a controller, a signal and their events.
 */
export interface Interruption {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
