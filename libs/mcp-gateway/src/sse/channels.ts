import type { Channel } from '../http/answer.js';
import type { Pieces } from '../json/pieces.js';
import { frameOf } from './frames.js';
import type { ResponseSink } from './response-sink.js';
import type { ResumableStream } from './resumable-stream.js';

/** Lives as long as its connection. */
export class PlainChannel implements Channel {
  constructor(private readonly sink: ResponseSink) {}

  send(message: Pieces): void {
    this.sink.write(frameOf(message));
  }

  finish(message: Pieces): void {
    this.send(message);
    this.sink.end();
  }

  keepAlive(now: number, afterMs: number): void {
    this.sink.keepAlive(now, afterMs);
  }

  leave(): boolean {
    return false;
  }
}

/** Lives as long as its stream, which is kept alive where all streams are. */
export class ResumableChannel implements Channel {
  constructor(
    private readonly stream: ResumableStream,
    private readonly sink: ResponseSink,
    private readonly retryMs: number,
  ) {}

  send(message: Pieces): void {
    this.stream.send(message);
  }

  finish(message: Pieces): void {
    this.stream.finish(message);
  }

  keepAlive(): void {}

  leave(): boolean {
    this.stream.detach(this.sink);
    return true;
  }

  release(): void {
    this.stream.release(this.retryMs);
  }
}
