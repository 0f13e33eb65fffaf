import { problemOf, unreachable } from './problem.js';
import { readTokens, refreshTokens } from './tokens.js';
import { sessionEnded } from './signed-in.js';

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Open to everyone: no token is sent and none is refreshed. */
  open?: boolean;
  /** Milliseconds; 30 s unless said otherwise. */
  timeout?: number;
  /** Where the path begins: the Client API unless it is another's. */
  base?: string;
  headers?: Readonly<Record<string, string>>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call of the Client API. @throws Problem for every answer that is not a success */
export async function call<Answer>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const text = await (await answerTo(method, path, options)).text();
  // What is deleted has nothing to say (204).
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** A file of the API, kept under the name that the server gives it. @throws Problem */
export async function saveFile(path: string, name: string, base = '/api/v1'): Promise<void> {
  const response = await answerTo('GET', path, { timeout: 120_000, base });
  const [, given] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  const url = URL.createObjectURL(await response.blob());
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = given === undefined ? name : decodeURIComponent(given);
  anchor.click();
  URL.revokeObjectURL(url);
}

/** The answer as it comes, for who reads it piece by piece or needs its status. @throws Problem unless it is a success */
export async function answerTo(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
  const token = options.open ? undefined : readTokens()?.access_token;
  let response = await send(method, path, options, token);
  if (response.status === 401 && !options.open) {
    const refreshed = await refreshTokens(token);
    if (refreshed.outcome === 'refused') sessionEnded();
    if (refreshed.outcome === 'unreachable') throw unreachable();
    if (refreshed.outcome === 'fresh') response = await send(method, path, options, refreshed.tokens.access_token);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function send(method: Method, path: string, options: RequestOptions, token: string | undefined) {
  const deadline = AbortSignal.timeout(options.timeout ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  try {
    return await fetch(`${options.base ?? '/api/v1'}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw unreachable();
  }
}
