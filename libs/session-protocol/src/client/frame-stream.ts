/** Values as they come, for one reader; what is not read in time is bounded. */
export class FrameStream<T> implements AsyncIterableIterator<T> {
  private readonly waiting: T[] = [];
  private readers: { resolve: (result: IteratorResult<T>) => void; reject: (error: Error) => void }[] = [];
  private ended = false;
  private failure: Error | undefined;

  constructor(
    private readonly most: number,
    private readonly onEnd: (stream: FrameStream<T>) => void,
  ) {}

  push(value: T): void {
    if (this.ended) return;
    const reader = this.readers.shift();
    if (reader) reader.resolve({ value, done: false });
    else if (this.waiting.length < this.most) this.waiting.push(value);
    else this.end(new Error(`The reader of events fell more than ${this.most} behind.`));
  }

  /** What was read until now stays to be read; then comes the error, or the end. */
  end(failure?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    this.onEnd(this);
    for (const reader of this.readers.splice(0)) {
      if (failure) reader.reject(failure);
      else reader.resolve({ value: undefined, done: true });
    }
  }

  async next(): Promise<IteratorResult<T>> {
    const value = this.waiting.shift();
    if (value !== undefined) return { value, done: false };
    if (this.failure) throw this.failure;
    if (this.ended) return { value: undefined, done: true };
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  async return(): Promise<IteratorResult<T>> {
    this.waiting.length = 0;
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
