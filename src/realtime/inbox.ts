import { MAX_FRAME_BYTES } from '@app/session-protocol';
import { AppError } from '../platform/errors/app-error.js';
import type { Attendance } from './attendance.js';
import type { CommandRouter } from './command-router.js';
import { passingFrame, toErrorPayload } from './frames.js';
import { Outgoing } from './outgoing.js';

/** How many seconds' worth may come at once. */
const BURST_SECONDS = 3;
/** So many frames over the limit are no accident. */
const ABUSE = 2_000;
const WAITING = 200;
/** Of frames that wait for others of their connection: two of the largest. */
const WAITING_BYTES = 2 * MAX_FRAME_BYTES;

/** The frames of one connection, one after another, at a bearable rate. */
export class Inbox {
  private tokens: number;
  private refilledAt = performance.now();
  private excess = 0;
  private toldAt = -Infinity;
  private waiting = 0;
  private waitingBytes = 0;

  constructor(
    private readonly attendance: Attendance,
    private readonly router: CommandRouter,
    /** 0 is no limit. */
    private readonly perSecond: number,
    /** What the client must have seen before its frames are acted upon; else it would miss what they cause. */
    private work: Promise<unknown>,
  ) {
    this.tokens = this.burst;
  }

  private get burst(): number {
    return this.perSecond === 0 ? Infinity : this.perSecond * BURST_SECONDS;
  }

  /** @param done told whether the command was carried out */
  receive(frame: unknown, done: (ok: boolean) => void = () => undefined): void {
    if (!this.mayPass()) return done(false);
    // The one that does not wait needs no measuring.
    const bytes = this.waiting === 0 ? 0 : sizeOf(frame);
    if (this.waitingBytes + bytes > WAITING_BYTES) {
      this.refuseExcess(
        'Too much waits for what this connection asked before. This frame is dropped: send it again once answers came.',
      );
      return done(false);
    }
    this.waiting += 1;
    this.waitingBytes += bytes;
    this.work = this.work.then(async () => {
      const ok = await this.router.route(this.attendance, frame);
      this.waiting -= 1;
      this.waitingBytes -= bytes;
      done(ok);
    });
  }

  /** For what is no frame of the protocol at all. */
  refuse(code: string, message: string): void {
    if (this.mayPass()) this.tell(new AppError('invalid', code, message));
  }

  private mayPass(): boolean {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.refilledAt) / 1_000) * this.perSecond);
    this.refilledAt = now;
    if (this.tokens >= 1 && this.waiting < WAITING) {
      this.tokens -= 1;
      if (this.tokens > this.burst / 2) this.excess = 0;
      return true;
    }
    this.refuseExcess(
      `At most ${this.perSecond} frames a second. This one and those that follow at this rate are dropped.`,
    );
    return false;
  }

  private refuseExcess(message: string): void {
    const now = performance.now();
    this.excess += 1;
    if (this.excess >= ABUSE) this.attendance.connection.close('too_many');
    else if (now - this.toldAt > 1_000) {
      this.toldAt = now;
      this.tell(new AppError('rate_limited', 'RATE_LIMITED', message, { retryAfterSeconds: 1 }));
    }
  }

  private tell(error: AppError): void {
    const { connection, sessionId } = this.attendance;
    connection.send(new Outgoing(passingFrame(sessionId, { type: 'error', payload: toErrorPayload(error) })));
  }
}

function sizeOf(frame: unknown): number {
  try {
    return JSON.stringify(frame).length;
  } catch {
    // Nested deeper than the stack: it will be refused, and weighs what it may at most until then.
    return MAX_FRAME_BYTES;
  }
}
