/** Injected wherever time decides something, so that tests can move it. */
export class Clock {
  now(): Date {
    return new Date(this.ms());
  }

  /** Epoch milliseconds: for who asks thousands of times a second, and has no use for an object. */
  ms(): number {
    return Date.now();
  }
}
