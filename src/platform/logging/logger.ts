import { AsyncLocalStorage } from 'node:async_hooks';
import type { Config } from '../config/config.js';
import { isoTime } from '../iso-time.js';
import { type DescribedError, describeError } from './describe-error.js';
import { linesOfStandardOutput } from './line-writer.js';
import { redact } from './redact.js';
import { createScrubber } from './scrub.js';

/** Facts that every line inside a request, command or job should carry. */
export interface AmbientFields {
  requestId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  job?: string | undefined;
  traceId?: string | undefined;
  /** For what is recorded of a request; no log line has it. */
  caller?: AmbientCaller | undefined;
}

/** Who asks, and from where. */
export interface AmbientCaller {
  ip: string;
  userAgent?: string | undefined;
  /** These once the credential was read. */
  actor?: { id: string; name: string } | undefined;
  credentialId?: string | undefined;
  via?: string | undefined;
}

const ambient = new AsyncLocalStorage<AmbientFields>();

/** @param fields become the ambience itself where there is none yet */
export function withLogFields<T>(fields: AmbientFields, work: () => T): T {
  const around = ambient.getStore();
  return ambient.run(around ? { ...around, ...fields } : fields, work);
}

/**
 * As `withLogFields`, from here to the end of the callback that runs now, and for all that it sets in motion: for a callback
 * that is all of one request's, where going back to what was around costs as much again.
 */
export function enterLogFields(fields: AmbientFields): void {
  ambient.enterWith(fields);
}

export const ambientFields = (): AmbientFields => ambient.getStore() ?? {};

export abstract class Logger {
  /** Whether lines for debugging are written: for who would put together many that nobody reads. */
  abstract readonly isDetailed: boolean;
  abstract debug(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
}

interface LogSettings extends Pick<Config['log'], 'level' | 'format'> {
  /** Values that no line may hold, whatever brings them there. */
  secrets?: readonly string[];
}

interface Lines {
  write(line: string): void;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** Lines of JSON, or for people. There is one for each request, so a line costs little more than its `JSON.stringify`. */
export function createLogger({ level, format, secrets = [] }: LogSettings, destination?: Lines): Logger {
  const scrub = createScrubber(secrets);
  const out = destination ?? (level === 'silent' ? { write: () => undefined } : linesOfStandardOutput());
  const shape = format === 'json' ? (line: string) => line : prettyLine;
  const writer = (of: Level) => (fields: object, message: string) =>
    out.write(scrub(shape(`${toJson(of, redact(fields as Fields), message)}\n`)));
  const least = level === 'silent' ? LEVELS.length : LEVELS.indexOf(level);
  const at = (of: Level) => (LEVELS.indexOf(of) < least ? () => undefined : writer(of));
  return { isDetailed: least === 0, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

type Fields = Record<string, unknown>;

function toJson(level: Level, fields: Fields, msg: string): string {
  const { requestId, userId, sessionId, job, traceId } = ambientFields();
  const { err } = fields;
  const shown = err === undefined ? fields : { ...fields, err: describeError(err) };
  const line = { level, time: isoTime(Date.now()), requestId, userId, sessionId, job, traceId, ...shown, msg };
  try {
    return JSON.stringify(line);
  } catch (error) {
    // Of a circle or a bigint: what is worse than a line without its facts is none.
    return JSON.stringify({ level, time: line.time, requestId, userId, err: describeError(error), msg });
  }
}

function prettyLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown> & { err?: DescribedError };
  const rest = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const stack = err ? prettyError(err) : '';
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${rest ? `  ${rest}` : ''}${stack}\n`;
}

function prettyError({ type, message, fault, stack = '', cause }: DescribedError): string {
  const head = `\n  ${type}${fault === undefined ? '' : ` ${fault}`}: ${message}`;
  const frames = stack === '' ? '' : `\n  ${stack.replaceAll('\n', '\n  ')}`;
  return `${head}${frames}${cause ? `\n  because of${prettyError(cause)}` : ''}`;
}
