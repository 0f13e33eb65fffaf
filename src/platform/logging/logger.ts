import { AsyncLocalStorage } from 'node:async_hooks';
import { type Logger as PinoLogger, pino } from 'pino';
import type { Config } from '../config/config.js';
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

export const ambientFields = (): AmbientFields => ambient.getStore() ?? {};

function logFields(): object {
  const { requestId, userId, sessionId, job, traceId } = ambientFields();
  return { requestId, userId, sessionId, job, traceId };
}

let lastTime = { at: NaN, text: '' };

/** As pino's own; lines of one millisecond share it. */
function isoTime(): string {
  const at = Date.now();
  if (at !== lastTime.at) lastTime = { at, text: `,"time":"${new Date(at).toISOString()}"` };
  return lastTime.text;
}

export abstract class Logger {
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

export function createLogger({ level, format, secrets = [] }: LogSettings, destination?: Lines): Logger {
  const scrub = createScrubber(secrets);
  const out = destination ?? (level === 'silent' ? { write: () => undefined } : linesOfStandardOutput());
  const options = {
    level,
    base: null,
    timestamp: isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
  };
  const toLine = format === 'json' ? scrub : (line: string) => scrub(prettyLine(line));
  return toLogger(pino(options, { write: (line: string) => void out.write(toLine(line)) }));
}

function toLogger(logger: PinoLogger): Logger {
  // Cheaper than pino's own mixin and formatter, and there is a line for each request.
  const write = (level: keyof Logger) => (fields: object, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level](redact({ ...logFields(), ...fields }), message);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
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
