import { EventParser } from './event-parser.js';
import { answerTo, type RequestOptions } from './http.js';
import { unreachable } from './problem.js';

/** Longer than any stream lives. */
const A_DAY_MS = 86_400_000;
/** The server says something at least every 15 s. */
const SILENCE_MS = 45_000;

/** What a stream said: `id` is where to go on from. */
export interface Said {
  event: string;
  data: unknown;
  id: string | undefined;
}

interface StreamOptions extends Omit<RequestOptions, 'timeout'> {
  signal: AbortSignal;
  take: (said: Said) => void;
}

/**
 * Follows a stream of events to its end, or until it was silent for long. Not `EventSource`: that cannot send the
 * token, nor a body.
 * @throws Problem when it is refused or breaks; whatever `signal` was aborted with
 */
export async function followEvents(
  method: 'GET' | 'POST',
  path: string,
  { take, headers, ...options }: StreamOptions,
): Promise<void> {
  const response = await openStream(method, path, { ...options, headers });
  await readEvents(response, options.signal, take);
}

/** An answer that may be a stream of events, or not. @throws Problem */
export function openStream(
  method: 'GET' | 'POST',
  path: string,
  {
    headers,
    ...options
  }: Omit<RequestOptions, 'timeout' | 'headers'> & { headers?: RequestOptions['headers'] | undefined },
): Promise<Response> {
  const accepting = { ...headers, accept: 'text/event-stream' };
  return answerTo(method, path, { ...options, timeout: A_DAY_MS, headers: accepting });
}

/** All events of an answer, until it ends. @throws Problem when it breaks; whatever `signal` was aborted with */
export async function readEvents(response: Response, signal: AbortSignal, take: (said: Said) => void): Promise<void> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  let silent: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      clearTimeout(silent);
      silent = setTimeout(() => void reader.cancel(), SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) return;
      for (const { event, data, id } of parser.feed(value)) take({ event, data: parsed(data), id });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable();
  } finally {
    clearTimeout(silent);
    await reader.cancel().catch(() => undefined);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
