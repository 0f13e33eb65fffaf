/** Names whose values never reach a log line, down to the third level. */
const SECRET_NAMES = new Set([
  'authorization',
  'cookie',
  'password',
  'token',
  'code',
  'secret',
  'credentials',
  'access_token',
  'refresh_token',
  'api_key',
  'ticket',
]);
const LEVELS = 3;

/** The same fields with secrets taken out; what holds none is not copied, since there is a line for each request. */
export function redact(fields: Record<string, unknown>, levels = LEVELS): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    const safe = SECRET_NAMES.has(name) ? '[redacted]' : levels > 1 ? inside(value, levels - 1) : value;
    if (safe === value || value === undefined) continue;
    copy ??= { ...fields };
    copy[name] = safe;
  }
  return copy ?? fields;
}

/** Errors have a writer of their own. */
function inside(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((member) => inside(member, levels));
  return redact(value as Record<string, unknown>, levels);
}
