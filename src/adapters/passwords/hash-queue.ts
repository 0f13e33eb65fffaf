import { AppError } from '../../platform/errors/app-error.js';

interface HashQueueParts {
  atOnce: number;
  waiting: number;
}

/** Each hash takes 19 MiB and a thread that files and names are looked up with, too: few at once, and a bound on who waits. */
export class HashQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: HashQueueParts) {}

  /**
   * Who waits does so for as long as those before need, milliseconds each.
   * @throws 503 PASSWORDS_BUSY at once when too many wait
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.limits.atOnce) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.limits.waiting) throw passwordsAreBusy();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const passwordsAreBusy = () =>
  new AppError('unavailable', 'PASSWORDS_BUSY', 'Too many passwords are being checked just now. Try again.', {
    retryAfterSeconds: 2,
  });
