import type { EgressGuard } from '@app/egress';
import type { UpstreamTarget } from './target.js';

/** More than any tool answers; less than what hurts. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const MAX_CONNECT_MS = 10_000;

/** What HTTP showed of an upstream, for telling a person what went wrong. */
export interface HttpTrace {
  /** Of the last answer that counts: to a POST, or to the stream of HTTP+SSE. */
  status: number | undefined;
  contentType: string | undefined;
  /** A request body was accepted by the server since `begin`. */
  delivered: boolean;
  tooLarge: boolean;
  /** What the last request failed with; the event source of HTTP+SSE does not pass it on. */
  failure: unknown;
  begin(): void;
}

export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

export function newTrace(): HttpTrace {
  return {
    status: undefined,
    contentType: undefined,
    delivered: false,
    tooLarge: false,
    failure: undefined,
    begin() {
      this.delivered = false;
      this.tooLarge = false;
      this.failure = undefined;
    },
  };
}

export const connectTimeoutOf = ({ timeoutMs }: UpstreamTarget): number => Math.min(MAX_CONNECT_MS, timeoutMs);

/** The fetch that the transports get: guarded, bounded, traced. `onAnswer` hears of each answer's head. */
export function upstreamFetch(guard: EgressGuard, target: UpstreamTarget, trace: HttpTrace, onAnswer?: () => void) {
  const connectTimeoutMs = connectTimeoutOf(target);
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const response = await guard
      .fetch(url, { ...init, verifyTls: target.verifyTls, connectTimeoutMs })
      .catch((error: unknown) => {
        trace.failure = error;
        throw error;
      });
    const listening = init.method === undefined || init.method === 'GET';
    if (!listening || target.transport === 'sse') {
      trace.status = response.status;
      trace.contentType = response.headers.get('content-type')?.split(';')[0]?.trim();
    }
    if (!listening && response.ok) trace.delivered = true;
    onAnswer?.();
    return bounded(response, trace);
  };
}

function bounded(response: Response, trace: HttpTrace): Response {
  const { body, headers, status, statusText } = response;
  if (!body) return response;
  const declared = headers.get('content-length');
  const asDeclared = declared !== null && !headers.has('content-encoding');
  if (asDeclared && Number(declared) <= MAX_ANSWER_BYTES) return response;
  return new Response(limit(body as ReadableStream<Uint8Array>, trace), { status, statusText, headers });
}

function limit(body: ReadableStream<Uint8Array>, trace: HttpTrace): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      size += value.byteLength;
      if (size <= MAX_ANSWER_BYTES) return controller.enqueue(value);
      trace.tooLarge = true;
      controller.error(new AnswerTooLarge(`More than ${MAX_ANSWER_BYTES} bytes.`));
      await reader.cancel();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
