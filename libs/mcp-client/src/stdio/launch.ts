import { UpstreamError } from '../upstream-error.js';

/** How to start a server that speaks over its standard streams. Nothing of our own environment reaches it. */
export interface Launch {
  command: string;
  args: readonly string[];
  /** All of it. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Bounds how many run at a time. */
  slots: ProcessSlots;
  /** Hears what it writes to its error stream, line by line, cut. */
  onLine?: (line: string) => void;
}

/** Places for processes. */
export class ProcessSlots {
  #taken = 0;

  constructor(private readonly most: number) {}

  get full(): boolean {
    return this.#taken >= this.most;
  }

  /**
   * @returns what gives the place back
   * @throws UpstreamError UPSTREAM_BUSY
   */
  take(): () => void {
    if (this.full) {
      throw new UpstreamError('UPSTREAM_BUSY', 'Too many packages run at once on this instance.', {
        requestSent: false,
        fix: 'Try again when one of them has been idle for a while.',
      });
    }
    this.#taken += 1;
    let given = false;
    return () => {
      if (!given) this.#taken -= 1;
      given = true;
    };
  }
}
