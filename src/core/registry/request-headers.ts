import { z } from 'zod';
import { findHeaderProblem } from './credentials.js';

const MAX_REQUEST_HEADERS = 32;
const MAX_VALUE_LENGTH = 1_024;

/** Each request says what it accepts by itself: one that is registered is kept, and not sent. */
const OURS = 'accept';

/** What is registered is shown again and not sealed, so nothing by which somebody signs in belongs here. */
const CREDENTIALS = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'api-key',
  'x-api-key',
  'x-api-secret',
  'x-access-token',
  'x-auth-token',
]);

/** What is wrong with one of the headers that go with every request to a server, or undefined. Never repeats its value. */
export function findRequestHeaderProblem(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  const problem = lower === OURS ? undefined : findHeaderProblem(name);
  if (problem) return problem;
  if (CREDENTIALS.has(lower)) return 'signs in: credentials are not headers to be shown';
  if (value.length > MAX_VALUE_LENGTH) return `must have at most ${MAX_VALUE_LENGTH} characters`;
  return /^[\x20-\x7e]*$/.test(value) ? undefined : 'must consist of printable ASCII characters';
}

/** Those of them that are sent. */
export const toSentHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== OURS));

/** As people and programs enter them. */
export const RequestHeaders = z
  .record(z.string(), z.string().trim())
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    const report = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', message, path });
    if (names.length > MAX_REQUEST_HEADERS) report(`must have at most ${MAX_REQUEST_HEADERS} headers`);
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length) report('must not name a header twice');
    for (const [name, value] of Object.entries(headers)) {
      const problem = findRequestHeaderProblem(name, value);
      if (problem) report(problem, [name]);
    }
  })
  .meta({ description: 'Go with every request to the server. They are shown again: no credentials here.' });
