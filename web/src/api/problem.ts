/** What the API said instead of an answer (RFC 9457), or that it could not be asked (`status` 0). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | undefined,
    /** Seconds, from Retry-After. */
    readonly retryAfter: number | undefined,
    readonly body: Record<string, unknown>,
  ) {
    super(detail || title);
  }

  /** Messages by field name, the last part of each pointer. */
  get fields(): Record<string, string> {
    const errors = Array.isArray(this.body.errors) ? (this.body.errors as Record<string, unknown>[]) : [];
    return Object.fromEntries(
      errors.map((one) => {
        const path = typeof one.path === 'string' ? one.path : typeof one.field === 'string' ? one.field : '';
        const message = typeof one.message === 'string' ? one.message : 'is not valid';
        return [path.split(/[/.]/).at(-1) ?? '', message];
      }),
    );
  }
}

export function unreachable(): Problem {
  const detail = 'The server did not answer. Check that it runs, then try again.';
  return new Problem(0, 'UNREACHABLE', 'No answer', detail, undefined, undefined, {});
}

export async function problemOf(response: Response): Promise<Problem> {
  const json: unknown = await response.json().catch(() => undefined);
  const body: Record<string, unknown> = typeof json === 'object' && json !== null ? { ...json } : {};
  const text = (value: unknown, other: string) => (typeof value === 'string' && value !== '' ? value : other);
  const after = Number(response.headers.get('retry-after') ?? NaN);
  return new Problem(
    response.status,
    text(body.code, `HTTP_${response.status}`),
    text(body.title, response.statusText || `HTTP ${response.status}`),
    text(body.detail, ''),
    text(body.request_id, response.headers.get('x-request-id') ?? '') || undefined,
    Number.isFinite(after) ? after : undefined,
    body,
  );
}
