export interface DescribedError {
  type: string;
  message: string;
  /** Not `code`: that name is kept from the log. */
  fault?: string;
  stack?: string;
  cause?: DescribedError;
}

const CAUSES = 5;
const LONGEST_MESSAGE = 2_000;

/**
 * An error for the log. Only what is named here: drivers and SDKs hang the query with its parameters, the request with
 * its headers, or the answer of a stranger on theirs.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: shorten(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name || 'Error',
    message: shorten(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { fault: String(code) } : {}),
    ...(error.stack !== undefined && { stack: framesOf(error.stack) }),
    ...(error.cause !== undefined && depth < CAUSES && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** The first line is the message again, as long as it is. */
const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

const shorten = (text: string): string =>
  text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
