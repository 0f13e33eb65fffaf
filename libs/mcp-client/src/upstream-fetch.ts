import type { EgressGuard } from '@app/egress';
import { headerOf, readChallenge, renewed } from './authorization.js';
import type { UpstreamTarget } from './target.js';

/** More than any tool answers; less than what hurts. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const MAX_CONNECT_MS = 10_000;

/** What HTTP showed of an upstream, for telling a person what went wrong. */
export interface HttpTrace {
  /** Of the last answer that counts: to a POST, or to the stream of HTTP+SSE. */
  status: number | undefined;
  contentType: string | undefined;
  /** What the last refusal wanted. */
  wwwAuthenticate: string | undefined;
  /** What the last request was signed in with, where that changes over time. */
  signedIn: string | undefined;
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
    wwwAuthenticate: undefined,
    signedIn: undefined,
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
  const send = (url: string | URL, init: RequestInit) =>
    guard.fetch(url, { ...init, verifyTls: target.verifyTls, connectTimeoutMs });
  const sendSigned = signedIn(target, trace, send);
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const response = await sendSigned(url, init).catch((error: unknown) => {
      trace.failure = error;
      throw error;
    });
    trace.wwwAuthenticate = response.headers.get('www-authenticate') ?? undefined;
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

type Send = (url: string | URL, init: RequestInit) => Promise<Response>;

/** Sends as the target's account; once more where the server wants another token and there is one. */
function signedIn({ authorize }: UpstreamTarget, trace: HttpTrace, send: Send): Send {
  if (!authorize) return send;
  const sendWith = (url: string | URL, init: RequestInit, header: string | undefined) => {
    trace.signedIn = header;
    if (header === undefined) return send(url, init);
    const headers = new Headers(init.headers);
    headers.set('authorization', header);
    return send(url, { ...init, headers });
  };
  return async (url, init) => {
    const sent = await headerOf(authorize);
    const response = await sendWith(url, init, sent);
    const challenge = readChallenge(response.status, response.headers.get('www-authenticate') ?? undefined);
    if (!challenge || !(await renewed(authorize, { ...challenge, sent }))) return response;
    await response.body?.cancel();
    return sendWith(url, init, await headerOf(authorize));
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
