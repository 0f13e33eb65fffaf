import type { ServerResponse } from 'node:http';
import type { Interruption } from '@app/mcp-client';
import { createGathering } from '@app/soon';
import { Injectable } from '@nestjs/common';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { IdempotentRequests, type RequestAnswer } from './idempotent-requests.js';
import { requestHead } from './request-path.js';
import { Surfaces } from './surface.js';
import { readThrown } from './to-app-error.js';

const answerTogether = createGathering();
const FIRST_WORD_MS = 1_000;
const COMMENT_MS = 15_000;
/** Progress beyond it is left out while the client does not read. */
const UNREAD_AT_MOST = 1024 * 1024;

/** Who hears of a call while it runs. */
export interface StreamListener {
  signal: Interruption;
  onProgress?: (progress: object) => void;
  onLog?: (entry: object) => void;
}

/**
 * Answers calls of tools: at their end, or with `Accept: text/event-stream` as they go on, by events `progress`, `log` and
 * `result` (or `error`), whose data are JSON (WHATWG HTML, section 9.2). Under an `Idempotency-Key` each is made once.
 */
@Injectable()
export class CallAnswers {
  constructor(
    private readonly surfaces: Surfaces,
    private readonly idempotent: IdempotentRequests,
  ) {}

  async answer(
    request: HttpRequest,
    reply: HttpReply,
    signal: Interruption,
    work: (listener: StreamListener) => Promise<RequestAnswer>,
  ): Promise<void> {
    const once = (listener: StreamListener) =>
      this.idempotent.once(request, reply, 'when it says so', () => work(listener));
    if (!(request.headers.accept ?? '').includes('text/event-stream')) {
      const { status, body } = await once({ signal });
      await new Promise<void>(answerTogether);
      reply.status(status);
      reply.send(body);
      return;
    }
    const stream = new EventStream(reply);
    try {
      const { body } = await once({
        signal,
        onProgress: (progress) => stream.pass('progress', progress),
        onLog: (entry) => stream.pass('log', entry),
      });
      stream.end('result', body);
    } catch (thrown) {
      // Nothing was said yet: it is answered as any other error is.
      if (!stream.begun) throw thrown;
      const error = readThrown(thrown);
      stream.end('error', this.surfaces.of(requestHead(request)).writeError(error, { requestId: request.id }).body);
    } finally {
      stream.close();
    }
  }
}

class EventStream {
  begun = false;
  private readonly raw: ServerResponse;
  private readonly first = setTimeout(() => this.comment(), FIRST_WORD_MS);
  private readonly beat = setInterval(() => this.comment(), COMMENT_MS);

  constructor(private readonly reply: HttpReply) {
    this.raw = reply.raw;
  }

  /** Of what may be missed. */
  pass(event: string, data: unknown): void {
    if (this.raw.writableLength < UNREAD_AT_MOST) this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(event: string, data: unknown): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.raw.end();
  }

  close(): void {
    clearTimeout(this.first);
    clearInterval(this.beat);
  }

  private comment(): void {
    this.write(': it goes on\n\n');
  }

  private write(text: string): void {
    if (this.raw.destroyed) return;
    if (!this.begun) {
      this.begun = true;
      const headers = this.reply.getHeaders() as Record<string, string>;
      this.reply.hijack();
      this.raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
      });
    }
    this.raw.write(text);
  }
}
