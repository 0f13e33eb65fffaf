import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';

const FLUSH_MS = 50;
/** The pipe is full: whoever reads it is slow. */
const RETRY_MS = 20;
const BATCH_BYTES = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
/** What the end of a process waits for a reader at most. */
const FAREWELL_MS = 500;

interface Limits {
  mostBytes?: number;
  /** A line that says how many were dropped. */
  describeDropped?: (lines: number) => string;
}

/**
 * Writes lines in batches, away from who logs: a call only adds to a buffer. The buffer is bounded, lines beyond it are
 * dropped and counted, and a reader that stands still never holds the process up. A kill -9 loses the last 50 ms.
 */
export class LineWriter {
  private waiting: string[] = [];
  private bytes = 0;
  /** What was taken out of `waiting` and is not wholly written. */
  private batch: Buffer | undefined;
  private isWriting = false;
  private timer: NodeJS.Timeout | undefined;
  private dropped = 0;
  private readonly fd: number;
  /** A write to it returns at once, whatever the reader does; elsewhere a thread of the pool waits. */
  private readonly neverWaits: boolean;
  private readonly mostBytes: number;
  private readonly describeDropped: (lines: number) => string;

  constructor(fd: number, { mostBytes = MOST_BYTES, describeDropped = () => '' }: Limits = {}) {
    const own = openPipe(fd);
    this.fd = own ?? fd;
    this.neverWaits = own !== undefined;
    this.mostBytes = mostBytes;
    this.describeDropped = describeDropped;
  }

  write(line: string): void {
    if (this.bytes + line.length > this.mostBytes) {
      this.dropped += 1;
      return;
    }
    if (this.dropped > 0) this.tellDropped();
    this.waiting.push(line);
    this.bytes += line.length;
    if (this.bytes < BATCH_BYTES) this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
    else if (!this.batch) this.flush();
  }

  /** As much as goes, without waiting for the reader. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isWriting) return;
    if (!this.neverWaits) return this.writeByThread();
    const isDone = this.writeNow();
    if (!isDone) this.timer = setTimeout(() => this.flush(), RETRY_MS).unref();
  }

  /** For the end of the process: all that is there, unless the reader stands still. */
  flushAtEnd(): void {
    if (this.dropped > 0) this.tellDropped();
    const giveUpAt = performance.now() + FAREWELL_MS;
    if (this.isWriting) {
      // What a thread is at it finishes by itself; written here too, it would be there twice.
      this.batch = undefined;
      pause(RETRY_MS);
    }
    while (!this.writeNow() && performance.now() < giveUpAt) pause(RETRY_MS);
  }

  /** Of its own open pipe; the descriptor that was given stays as it was. */
  close(): void {
    clearTimeout(this.timer);
    if (this.neverWaits) closeSync(this.fd);
  }

  private take(): Buffer | undefined {
    if (!this.batch && this.waiting.length > 0) {
      this.batch = Buffer.from(this.waiting.join(''));
      this.waiting = [];
      this.bytes = 0;
    }
    return this.batch;
  }

  private writeNow(): boolean {
    for (let batch = this.take(); batch; batch = this.take()) {
      try {
        this.written(batch, writeSync(this.fd, batch));
      } catch (error) {
        if (isFull(error)) return false;
        this.lose();
      }
    }
    return true;
  }

  private writeByThread(): void {
    const batch = this.take();
    if (!batch) return;
    this.isWriting = true;
    write(this.fd, batch, (error, bytes) => {
      this.isWriting = false;
      if (!error) this.written(batch, bytes);
      else if (!isFull(error)) this.lose();
      if (this.batch) this.timer ??= setTimeout(() => this.flush(), error ? RETRY_MS : 0).unref();
      else if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
    });
  }

  private written(batch: Buffer, bytes: number): void {
    this.batch = bytes < batch.length ? batch.subarray(bytes) : undefined;
  }

  /** Whoever read it has left: the work goes on. */
  private lose(): void {
    this.batch = undefined;
  }

  private tellDropped(): void {
    const line = this.describeDropped(this.dropped);
    this.dropped = 0;
    this.waiting.push(line);
    this.bytes += line.length;
  }
}

/** A pipe opened once more, so that writes to it never wait; the one that was inherited is shared with others. */
function openPipe(fd: number): number | undefined {
  try {
    if (!fstatSync(fd).isFIFO()) return undefined;
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

const isFull = (error: unknown): boolean => (error as { code?: string }).code === 'EAGAIN';

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

let standardOutput: LineWriter | undefined;

/** The one writer of this process' standard output; what it holds is written when the process ends by itself. */
export function linesOfStandardOutput(): LineWriter {
  if (standardOutput) return standardOutput;
  const writer = new LineWriter(1, {
    describeDropped: (lines) =>
      `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lines, msg: 'log lines dropped' })}\n`,
  });
  process.once('exit', () => writer.flushAtEnd());
  standardOutput = writer;
  return writer;
}
