import { isRecord, type WireFrame } from './frames.js';

/** Which stored events have come: each is taken once and in order, and a gap is asked for once. */
export class Sequence {
  private asked: number | undefined;

  constructor(private reached: number) {}

  /** The `seq` of the last event taken. */
  get last(): number {
    return this.reached;
  }

  /** A line that opens replays what is missing by itself, and what was asked on the old one is lost. */
  reopened(): void {
    this.asked = undefined;
  }

  /** `missing`: there are events before or after this frame that did not come, and that were not asked for yet. */
  take(frame: WireFrame): { taken: boolean; missing: boolean } {
    if (frame.seq !== undefined) {
      const isNext = frame.seq === this.reached + 1;
      if (isNext) this.reached = frame.seq;
      return { taken: isNext, missing: frame.seq > this.reached && this.mayAsk() };
    }
    const payload = isRecord(frame.payload) ? frame.payload : {};
    if (frame.type === 'replay_unavailable') this.startAnew(payload);
    const isBehind =
      frame.type === 'session_snapshot' && typeof payload.last_seq === 'number' && payload.last_seq > this.reached;
    return { taken: true, missing: isBehind && this.mayAsk() };
  }

  /** The log was trimmed, or is another one than we knew: what there is of it begins at `first_seq`. */
  private startAnew({ first_seq, next_seq }: Record<string, unknown>): void {
    if (typeof first_seq !== 'number' || typeof next_seq !== 'number') return;
    this.reached = this.reached >= next_seq ? first_seq - 1 : Math.max(this.reached, first_seq - 1);
  }

  private mayAsk(): boolean {
    if (this.asked === this.reached) return false;
    this.asked = this.reached;
    return true;
  }
}
