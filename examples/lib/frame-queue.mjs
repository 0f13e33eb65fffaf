/** Frames as they arrived, and those who wait for the next one. */
export class FrameQueue {
  frames = [];
  waiting = [];

  push(frame) {
    const next = this.waiting.shift();
    if (next) next(frame);
    else this.frames.push(frame);
  }

  /** The next frame that the predicate likes; those before it are dropped. */
  async next(predicate, seconds = 60) {
    for (;;) {
      const frame = this.frames.shift() ?? (await this.arrival(seconds));
      if (frame.type === 'error') throw new Error(`${frame.payload.code}: ${frame.payload.message}`);
      if (predicate(frame)) return frame;
    }
  }

  arrival(seconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Nothing came for ${seconds} s.`)), seconds * 1000);
      this.waiting.push((frame) => {
        clearTimeout(timer);
        resolve(frame);
      });
    });
  }
}
