import { isRecord, type WireFrame } from './frames.js';

const PING_MS = 15_000;
const SLOW_MS = 2_000;
const LOOK_MS = 1_000;
const HEARTBEAT_SEC = 15;
/** For the first word on a new line. */
const GREETING_MS = 15_000;

export interface PulseOptions {
  silenceMs: number | undefined;
  /** The id of the ping, or undefined where there is no line. */
  ping: () => string | undefined;
  onSilence: () => void;
  onPace: (pace: { rttMs?: number; slow: boolean }) => void;
}

/** Whether the other end still speaks, and how long an answer takes. */
export class Pulse {
  private timer: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private greeted = false;
  private pingedAt = 0;
  private waiting: string | undefined;
  private heartbeatSec = HEARTBEAT_SEC;

  constructor(private readonly options: PulseOptions) {}

  start(): void {
    this.stop();
    this.heardAt = Date.now();
    this.greeted = false;
    this.pingedAt = 0;
    this.timer = setInterval(() => this.look(), Math.min(LOOK_MS, this.silenceMs / 2));
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.waiting = undefined;
  }

  heard({ type, payload }: WireFrame): void {
    this.heardAt = Date.now();
    this.greeted = true;
    if (!isRecord(payload)) return;
    if (type === 'hello' && typeof payload.heartbeat_sec === 'number') this.heartbeatSec = payload.heartbeat_sec;
    if (type !== 'pong' || this.waiting === undefined || payload.in_reply_to !== this.waiting) return;
    this.waiting = undefined;
    const rttMs = Date.now() - this.pingedAt;
    this.options.onPace({ rttMs, slow: rttMs > SLOW_MS });
  }

  pingSoon(): void {
    if (this.timer !== undefined && this.waiting === undefined) this.ping();
  }

  private get silenceMs(): number {
    if (this.options.silenceMs !== undefined) return this.options.silenceMs;
    return this.greeted ? (2 * this.heartbeatSec + 10) * 1_000 : GREETING_MS;
  }

  private look(): void {
    const now = Date.now();
    if (now - this.heardAt > this.silenceMs) return this.options.onSilence();
    if (this.waiting !== undefined && now - this.pingedAt > SLOW_MS) this.options.onPace({ slow: true });
    if (this.greeted && now - this.pingedAt >= PING_MS) this.ping();
  }

  private ping(): void {
    const id = this.options.ping();
    if (id === undefined) return;
    this.waiting = id;
    this.pingedAt = Date.now();
  }
}
