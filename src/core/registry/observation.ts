import { type ProbeCheck, type ProbeReport, UpstreamError, type UpstreamErrorCode } from '@app/mcp-client';
import type { UpstreamSession, WaitOptions } from '@app/mcp-client';
import { AppError } from '../../platform/errors/app-error.js';
import { readSignInNeeded, SIGN_IN_NEEDED } from '../upstream-accounts/upstream-accounts.errors.js';
import type { ServerStatus } from './server.js';
import { describeCompatibility } from './tool-compatibility.js';

/** One stage of finding out whether a server works. */
export type ConnectionCheck = Omit<ProbeCheck, 'name'> & { name: ProbeCheck['name'] | 'schemas' };
export type ConnectionReport = Omit<ProbeReport, 'checks'> & { checks: ConnectionCheck[] };

/** The report of a probe with what was found of the tools' schemas, before the sample call. */
export async function withSchemas(report: ProbeReport): Promise<ConnectionReport> {
  const startedAt = performance.now();
  const listed = report.checks.some(({ name, status }) => name === 'tools' && status === 'passed');
  const found = listed ? await describeCompatibility(report.tools.filter(hasSchema)) : undefined;
  const schemas: ConnectionCheck = {
    name: 'schemas',
    status: found ? 'passed' : 'skipped',
    durationMs: found ? Math.round(performance.now() - startedAt) : 0,
    summary: 'An earlier check failed.',
    ...found,
  };
  const checks = report.checks.flatMap((check) => (check.name === 'sample_call' ? [schemas, check] : [check]));
  return { ...report, checks };
}

const hasSchema = <Tool extends object>(tool: Tool): tool is Tool & { inputSchema: Record<string, unknown> } =>
  'inputSchema' in tool && typeof tool.inputSchema === 'object' && tool.inputSchema !== null;

type Offer = Omit<ConnectionReport, 'ok' | 'checks'>;

/** What one look at a server showed. */
export type Observation =
  ({ ok: true } & Offer) | { ok: false; status: Exclude<ServerStatus, 'online'>; reason: string };

/** Asks for all that a server offers. @throws UpstreamError */
export async function observe(session: UpstreamSession, wait: WaitOptions): Promise<Observation> {
  const tools = await session.listTools(wait);
  const resources = await session.listResources(wait);
  const prompts = await session.listPrompts(wait);
  const latencyMs = await session.ping(wait);
  const { protocol, serverInfo } = session;
  return {
    ok: true,
    protocol,
    ...(serverInfo && { serverInfo }),
    tools,
    counts: { tools: tools.length, resources: resources.length, prompts: prompts.length },
    latencyMs,
  };
}

/** Of a server that was not asked, since nobody is signed in to it. @throws any other error */
export function reportUnsigned(error: unknown): { report: ConnectionReport } {
  const needed = readSignInNeeded(error);
  if (!needed) throw error;
  const summary = needed.reason;
  const auth = { name: 'auth', status: 'failed', durationMs: 0, summary, fix: `Sign in: ${needed.url}` } as const;
  return { report: { ok: false, checks: [auth], tools: [], counts: { tools: 0, resources: 0, prompts: 0 } } };
}

/** Stages before anything answered. */
const BEFORE_ANSWER: ReadonlySet<ConnectionCheck['name']> = new Set(['address', 'network']);

export function fromReport(report: ConnectionReport): Observation {
  const { ok, checks, ...offer } = report;
  if (ok) return { ok, ...offer };
  const failed = checks.find(({ status }) => status === 'failed');
  const silent = !failed || BEFORE_ANSWER.has(failed.name) || failed.detail?.startsWith('UPSTREAM_TIMEOUT');
  return { ok, status: silent ? 'offline' : 'error', reason: failureOf(report) };
}

/** Why it does not work, in one sentence. */
export function failureOf({ checks }: ConnectionReport): string {
  const failed = checks.find(({ status }) => status === 'failed');
  return failed?.cause ?? failed?.summary ?? 'The server did not pass the checks.';
}

const STATUS_AFTER = {
  UPSTREAM_UNREACHABLE: 'offline',
  UPSTREAM_TIMEOUT: 'offline',
  UPSTREAM_REFUSED: 'offline',
  UPSTREAM_CANCELLED: 'offline',
  UPSTREAM_BUSY: 'offline',
  UPSTREAM_TLS: 'error',
  UPSTREAM_AUTH: 'error',
  UPSTREAM_PROTOCOL: 'error',
  UPSTREAM_ERROR: 'error',
} as const satisfies Record<UpstreamErrorCode, ServerStatus>;

/** What an account that cannot be used says. */
const OF_ACCOUNTS = new RegExp(`^(${SIGN_IN_NEEDED}|OAUTH_[A-Z_]+)$`);

/** @throws what says nothing about the server */
export function fromError(error: unknown): Observation {
  if (error instanceof UpstreamError) return { ok: false, status: STATUS_AFTER[error.code], reason: error.message };
  if (error instanceof AppError && error.code === 'CREDENTIALS_UNREADABLE') {
    return { ok: false, status: 'error', reason: error.message };
  }
  // Nothing was sent: it may be quite well.
  if (error instanceof AppError && OF_ACCOUNTS.test(error.code)) {
    return { ok: false, status: error.code === SIGN_IN_NEEDED ? 'offline' : 'error', reason: error.message };
  }
  throw error;
}

export const noAnswerWithin = (seconds: number): Observation => ({
  ok: false,
  status: 'offline',
  reason: `The server did not answer within ${seconds} s.`,
});
