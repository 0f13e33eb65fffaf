import {
  type Interruption,
  type LogMessage,
  UpstreamError,
  type UpstreamErrorCode,
  type UpstreamSession,
} from '@app/mcp-client';
import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';
import { describeIssues } from './argument-validation.js';
import type { IncomingFile } from '../artifacts/artifact.js';
import { readSignInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import { readResourceFile, toPreview } from './answer.js';
import type { CallFault, NotSent, ToolOutcome, Unanswered } from './tool-outcome.js';

/** RFC 5424's eight levels, as MCP has them, in our four. */
export function toLogEntry({ level, data }: LogMessage): {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
} {
  const message = toPreview(typeof data === 'string' ? data : JSON.stringify(data));
  if (level === 'debug') return { level, message };
  if (level === 'info' || level === 'notice') return { level: 'info', message };
  return { level: level === 'warning' ? 'warn' : 'error', message };
}

/** Of all that one answer links to: it is held in memory until it is stored. */
const LINKED_BYTES = 32 * 1024 * 1024;

/**
 * A linked resource that cannot be read, or not in the time that the call has left, is only missing as a file; the call
 * has succeeded all the same.
 */
export async function readLinks(
  links: readonly { uri: string; name: string; contentType: string }[],
  session: UpstreamSession,
  { signal, timeoutMs }: { signal: Interruption; timeoutMs: number },
): Promise<IncomingFile[]> {
  const files: IncomingFile[] = [];
  const until = performance.now() + timeoutMs;
  let bytes = 0;
  for (const link of links) {
    const leftMs = until - performance.now();
    if (leftMs <= 0 || bytes >= LINKED_BYTES) break;
    const read = await session.readResource(link.uri, { signal, timeoutMs: leftMs }).catch(() => undefined);
    const file = read && readResourceFile(read, link);
    if (!file || (bytes += file.bytes.byteLength) > LINKED_BYTES) continue;
    files.push(file);
  }
  return files;
}

/** What may be gone at the next try. */
const TRANSIENT: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_TIMEOUT',
]);

/** A changed tool is tried again at once, which puts the new definition before a person. */
export const toolChanged = (how: 'changed' | 'gone'): NotSent => ({
  status: 'not_sent',
  fault:
    how === 'changed'
      ? { code: 'TOOL_CHANGED', message: 'The tool changed on its server after it was approved.' }
      : { code: 'TOOL_GONE', message: 'The server no longer has this tool.' },
  transient: how === 'changed',
});

const isUnsent = (error: unknown): boolean => error instanceof UpstreamError && !error.requestSent;

export function toFaultOutcome(error: unknown, signal: Interruption, timeoutMs: number): ToolOutcome {
  if (!signal.aborted && error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR') {
    const fault = faultOfUpstream(error);
    return { status: 'failed', fault, preview: fault.message, output: { content: [] }, artifacts: [] };
  }
  return toUnanswered(error, signal, timeoutMs);
}

/** @throws what is no fault of a call */
export function toUnanswered(error: unknown, signal: Interruption, timeoutMs: number): Unanswered {
  if (signal.aborted) return { status: 'cancelled', sent: !isUnsent(error) };
  if (error instanceof UpstreamError) {
    if (error.code === 'UPSTREAM_TIMEOUT' && error.requestSent) return { status: 'timed_out', afterMs: timeoutMs };
    const fault = faultOfUpstream(error);
    if (error.requestSent) return { status: 'lost', fault };
    return { status: 'not_sent', fault, transient: TRANSIENT.has(error.code) };
  }
  if (error instanceof AppError && error.kind !== 'internal') {
    const transient = error.kind === 'unavailable';
    return { status: 'not_sent', fault: toFault(error), transient };
  }
  throw error;
}

const faultOfUpstream = (error: UpstreamError): CallFault =>
  urlWanted(error) ?? { code: error.code, message: toPreview(error.message) };

/** Of what came in the way of a call. */
export function toFault(error: AppError): CallFault {
  const signIn = readSignInNeeded(error);
  return { code: error.code, message: error.message, ...(signIn && { signIn }) };
}

/** Nobody waits for a server that was away a moment ago, again and again. */
export const unavailable = (retryAfterSeconds: number): NotSent => ({
  status: 'not_sent',
  fault: {
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'The server failed several times in a row; calls of it pause for a moment.',
    retryAfterSeconds,
  },
  transient: true,
});

/** An answer of MCP's tasks: the work goes on, and its result would have to be asked for. */
export const isTask = (raw: object): boolean =>
  typeof (raw as { task?: { taskId?: unknown } }).task?.taskId === 'string' ||
  (raw as { resultType?: unknown }).resultType === 'task';

export const TASKS_NOT_SUPPORTED = {
  code: 'TASKS_NOT_SUPPORTED',
  message: 'The tool answered with a task that goes on by itself, which is not supported here.',
} as const satisfies CallFault;

export const outputInvalid = (issues: readonly FieldIssue[]): CallFault => ({
  code: 'OUTPUT_INVALID',
  message: `The tool answered something else than it promises: ${describeIssues(issues, 'its result')}.`.slice(
    0,
    1_000,
  ),
});

/** JSON-RPC code of MCP: the user has to visit an address first. */
const URL_ELICITATION_REQUIRED = -32042;

function urlWanted({ rpc }: UpstreamError): CallFault | undefined {
  if (rpc?.code !== URL_ELICITATION_REQUIRED) return undefined;
  const { elicitations } = (rpc.data ?? {}) as { elicitations?: { url?: unknown; message?: unknown }[] };
  const url = Array.isArray(elicitations) ? elicitations[0]?.url : undefined;
  const where = typeof url === 'string' ? toPreview(url.slice(0, 1_500)) : 'an address that it does not name';
  return { code: 'URL_ELICITATION_REQUIRED', message: `The tool wants somebody to visit first: ${where}` };
}
