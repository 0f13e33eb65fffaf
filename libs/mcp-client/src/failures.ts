import { causesOf, findRefusal, type EgressRefused } from '@app/egress';
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError, SseError } from '@modelcontextprotocol/client';
import type { Deadline } from './deadline.js';
import { HttpRefusal } from './http/exchange.js';
import { networkFailure } from './network-failures.js';
import { redact } from './redact.js';
import type { UpstreamTarget } from './target.js';
import { UpstreamError, type Challenge } from './upstream-error.js';
import { AnswerTooLarge, MAX_ANSWER_BYTES, type HttpTrace } from './upstream-fetch.js';
import { STREAM_ENDED } from './watched-transport.js';

/** The circumstances under which something was thrown. */
export interface Circumstances {
  target: UpstreamTarget;
  trace: HttpTrace;
  /** What is lost may have had an effect: a tool call, not a listing. */
  effect: boolean;
}

const NOT_EXECUTED = new Set([401, 403, 404, 405, 406, 407, 410, 413, 415, 421, 429]);

/** Anything that the SDK, undici or the guard throws, in words for a person. */
export function toUpstreamError(error: unknown, at: Circumstances): UpstreamError {
  const known = [...causesOf(error)].find((one) => one instanceof UpstreamError);
  if (known) return known;
  const refusal = findRefusal(error);
  if (refusal) return refused(refusal, at);
  const requestSent = at.effect;
  if (at.trace.tooLarge || [...causesOf(error)].some((one) => one instanceof AnswerTooLarge))
    return tooLarge(requestSent);
  if (error instanceof ProtocolError) return rpcFailure(error, at);
  const network = networkFailure(error);
  if (network) {
    const { code, message, sent, fix, detail } = network;
    return new UpstreamError(code, message, { requestSent: at.effect && (sent || at.trace.delivered), fix, detail });
  }
  const isStreamGone = error instanceof SseError && error.code === undefined;
  if (isStreamGone && at.trace.failure !== undefined) {
    return toUpstreamError(at.trace.failure, { ...at, trace: { ...at.trace, failure: undefined } });
  }
  if (isStreamGone || isGivenUp(error)) return connectionLost(requestSent);
  const status = httpStatusOf(error);
  if (status !== undefined) return httpFailure(status, error, at);
  return contentFailure(error, at);
}

export const deadlinePassed = (timeoutMs: number, requestSent: boolean): UpstreamError =>
  new UpstreamError('UPSTREAM_TIMEOUT', `The server did not answer within ${seconds(timeoutMs)}.`, {
    requestSent,
    fix: 'Check that the server is running, or give it a longer timeout.',
  });

export const cancelled = (requestSent: boolean): UpstreamError =>
  new UpstreamError('UPSTREAM_CANCELLED', 'The call was cancelled.', { requestSent });

export const connectionLost = (requestSent: boolean): UpstreamError =>
  new UpstreamError('UPSTREAM_UNREACHABLE', 'The server closed the connection before it answered.', {
    requestSent,
    fix: 'Look at the log of the server; it may have been restarted.',
  });

/** A deadline ended what it was of. */
export const endedBy = ({ expired, timeoutMs }: Deadline, requestSent: boolean): UpstreamError =>
  expired ? deadlinePassed(timeoutMs, requestSent) : cancelled(requestSent);

/** The SDK tried in vain to get a broken stream back. */
export const isGivenUp = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Maximum reconnection attempts');

/** The HTTP status that made the SDK throw, wherever it keeps it. */
export function httpStatusOf(error: unknown): number | undefined {
  for (const one of causesOf(error)) {
    if (one instanceof HttpRefusal || one instanceof SdkHttpError) return one.status;
    if (one instanceof SseError && one.code !== undefined && one.code >= 400) return one.code;
  }
  if (error instanceof Error && /^(Unauthorized|InsufficientScope)Error$/.test(error.name)) return 401;
  const posted = error instanceof Error ? /^Error POSTing to endpoint \(HTTP (\d{3})\)/.exec(error.message) : null;
  return posted ? Number(posted[1]) : undefined;
}

/** The body of a refusal. Never for showing. */
export function refusalText(error: unknown): string {
  if (error instanceof HttpRefusal) return error.text;
  for (const one of causesOf(error)) {
    if (one instanceof SdkHttpError && typeof one.data.text === 'string') return one.data.text;
  }
  return error instanceof Error ? error.message : '';
}

export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

function refused(refusal: EgressRefused, at: Circumstances): UpstreamError {
  const code =
    refusal.code === 'EGRESS_UNRESOLVED'
      ? 'UPSTREAM_UNREACHABLE'
      : refusal.code === 'EGRESS_TIMEOUT'
        ? 'UPSTREAM_TIMEOUT'
        : 'UPSTREAM_REFUSED';
  return new UpstreamError(code, refusal.message, {
    requestSent: at.effect && at.trace.delivered,
    fix: refusal.fix,
    detail: refusal.code,
  });
}

const tooLarge = (requestSent: boolean) =>
  new UpstreamError('UPSTREAM_PROTOCOL', `The answer is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB.`, {
    requestSent,
    fix: 'Ask the server for less at a time.',
  });

function rpcFailure({ code, message, data }: ProtocolError, at: Circumstances): UpstreamError {
  if (data === STREAM_ENDED) return connectionLost(at.effect);
  const text = redact(message, secretsOf(at));
  return new UpstreamError('UPSTREAM_ERROR', `The server answered with an error: ${text}`, {
    requestSent: at.effect,
    detail: `JSON-RPC ${code}`,
    rpc: { code, message: text, ...(data === undefined ? {} : { data }) },
  });
}

function httpFailure(status: number, error: unknown, at: Circumstances): UpstreamError {
  const requestSent = at.effect && (at.trace.delivered || !NOT_EXECUTED.has(status));
  const detail = [`HTTP ${status}`, at.trace.contentType].filter(Boolean).join(' ');
  const facts = { requestSent, detail, httpStatus: status };
  if (status === 401 || status === 407) {
    const given = Object.keys(at.target.headers).length > 0 || at.trace.signedIn !== undefined;
    return new UpstreamError(
      'UPSTREAM_AUTH',
      given ? 'The server refused the credential.' : 'The server wants a credential.',
      {
        ...facts,
        ...challengeOf(status, at),
        fix: given ? 'Check the credential; it may have expired.' : 'Add an API key or sign in to the server.',
      },
    );
  }
  if (status === 403) {
    return new UpstreamError('UPSTREAM_AUTH', 'The server does not let this account in.', {
      ...facts,
      ...challengeOf(status, at),
      fix: 'Check what the credential is allowed to do.',
    });
  }
  const rpc = rpcErrorIn(refusalText(error), at);
  if (rpc) {
    return new UpstreamError('UPSTREAM_ERROR', `The server answered with an error: ${rpc.message}`, { ...facts, rpc });
  }
  if (status === 404 || status === 405 || status === 410) {
    return new UpstreamError('UPSTREAM_PROTOCOL', `There is no MCP server at this path (HTTP ${status}).`, {
      ...facts,
      fix: 'Check the path of the URL; it often ends in /mcp or /sse.',
    });
  }
  if (status === 429) {
    return new UpstreamError('UPSTREAM_ERROR', 'The server says that it is called too often.', {
      ...facts,
      fix: 'Wait a little and try again.',
    });
  }
  if (status >= 500) {
    return new UpstreamError('UPSTREAM_ERROR', `The server failed (HTTP ${status}).`, {
      ...facts,
      fix: 'Look at the log of the server, or try again later.',
    });
  }
  return new UpstreamError('UPSTREAM_PROTOCOL', `The server refused the request (HTTP ${status}).`, {
    ...facts,
    fix: 'Check that the URL is that of an MCP server.',
  });
}

const challengeOf = (status: number, { trace: { wwwAuthenticate } }: Circumstances): { challenge?: Challenge } =>
  status === 401 || status === 403 ? { challenge: { status, wwwAuthenticate } } : {};

function rpcErrorIn(text: string, at: Circumstances): { code: number; message: string } | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.code !== 'number' || typeof error.message !== 'string') return undefined;
    return { code: error.code, message: redact(error.message, secretsOf(at)) };
  } catch {
    return undefined;
  }
}

const secretsOf = ({ target: { headers }, trace: { signedIn } }: Circumstances): string[] => [
  ...Object.values(headers),
  ...(signedIn === undefined ? [] : [signedIn]),
];

function contentFailure(error: unknown, at: Circumstances): UpstreamError {
  const requestSent = at.effect;
  const code = error instanceof SdkError ? error.code : undefined;
  const detail = [at.trace.status && `HTTP ${at.trace.status}`, at.trace.contentType, code].filter(Boolean).join(' ');
  if (code === SdkErrorCode.ConnectionClosed || code === SdkErrorCode.NotConnected) return connectionLost(requestSent);
  if (code === SdkErrorCode.RequestTimeout) return deadlinePassed(at.target.timeoutMs, requestSent);
  if (code === SdkErrorCode.InputRequiredRoundsExceeded) {
    return new UpstreamError('UPSTREAM_ERROR', 'The tool kept asking questions without coming to an end.', {
      requestSent,
      detail,
    });
  }
  const isPage = at.trace.contentType === 'text/html';
  return new UpstreamError(
    'UPSTREAM_PROTOCOL',
    isPage ? 'The server answers with a web page, not with MCP.' : 'The server answers, but what it says is not MCP.',
    { requestSent, detail, fix: 'Check that the URL is that of an MCP server; it often ends in /mcp or /sse.' },
  );
}
