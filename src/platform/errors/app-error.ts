export const ERROR_KINDS = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'gone',
  'precondition_failed',
  'unprocessable',
  'rate_limited',
  'too_large',
  'unsupported',
  'upstream_failed',
  'unavailable',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface FieldIssue {
  /** JSON Pointer into what was sent. */
  path: string;
  code: string;
  message: string;
}

interface AppErrorOptions extends ErrorOptions {
  details?: unknown;
  issues?: FieldIssue[];
  retryAfterSeconds?: number;
  /** It was done, or may have been: the same request is not to be made again. */
  settled?: boolean;
}

/** The one error that crosses a context's border; surfaces and the command router give it its outer form. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly details: unknown;
  readonly issues: readonly FieldIssue[];
  readonly retryAfterSeconds: number | undefined;
  readonly settled: boolean;

  /**
   * @param kind what a caller should do about it (closed list)
   * @param code what happened, UPPER_SNAKE (open list)
   * @param message for people; safe to show, never repeats an id or a secret
   */
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    { details, issues, retryAfterSeconds, settled, ...options }: AppErrorOptions = {},
  ) {
    super(message, options);
    this.details = details;
    this.issues = issues ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
    this.settled = settled ?? false;
  }
}

const RETRYABLE = {
  invalid: false,
  unauthenticated: false,
  forbidden: false,
  not_found: false,
  conflict: false,
  gone: false,
  precondition_failed: false,
  unprocessable: false,
  rate_limited: true,
  too_large: false,
  unsupported: false,
  upstream_failed: true,
  unavailable: true,
  internal: true,
} satisfies Record<ErrorKind, boolean>;

export const isRetryable = (error: AppError): boolean => RETRYABLE[error.kind];

/** Anything thrown, as an AppError; what we did not foresee says nothing about its inside. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'INTERNAL_ERROR', 'Something went wrong on our side. Try again.', { cause: error });
}
