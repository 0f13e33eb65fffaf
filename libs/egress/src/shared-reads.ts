import type { OnReadOpts, Socket } from 'node:net';

/** As much as Node reads at a time elsewhere. */
const READ_BYTES = 64 * 1024;

/** Who takes what a socket brings. The bytes are good until it returns. */
export type ReadTaker = (bytes: Buffer) => void;

const TAKER = Symbol('taker');
type TakenSocket = Socket & { [TAKER]?: ReadTaker };

/**
 * For sockets that read into one buffer by turns, instead of each making a new one for each read. A socket of which nobody
 * takes what it brings is closed by it.
 */
export function sharedReads(): OnReadOpts {
  return {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback(this: TakenSocket, size: number, buffer: Uint8Array): boolean {
      const taker = this[TAKER];
      if (taker) taker((buffer as Buffer).subarray(0, size));
      else this.destroy();
      return true;
    },
  };
}

export function takeReads(socket: TakenSocket, taker: ReadTaker): void {
  socket[TAKER] = taker;
}
