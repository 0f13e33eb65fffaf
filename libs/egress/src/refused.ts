export type EgressRefusal =
  | 'EGRESS_URL_INVALID'
  | 'EGRESS_SCHEME'
  | 'EGRESS_USERINFO'
  | 'EGRESS_ADDRESS'
  | 'EGRESS_UNRESOLVED'
  | 'EGRESS_REDIRECT'
  | 'EGRESS_TIMEOUT'
  | 'EGRESS_TOO_LARGE';

/**
 * A URL that this process does not call, or no further.
 * `message` is the cause for a person and names only what the caller wrote, never what an inner network answered.
 */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';

  /**
   * @param fix one thing to try
   */
  constructor(
    readonly code: EgressRefusal,
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The refusal inside an error that undici wrapped, or undefined. */
export function findRefusal(error: unknown): EgressRefused | undefined {
  for (const one of causesOf(error)) {
    if (one instanceof EgressRefused) return one;
  }
  return undefined;
}

/** An error, what caused it, and so on; of several that failed together, the first. */
export function* causesOf(error: unknown): Generator<object> {
  let one = error;
  for (let depth = 0; typeof one === 'object' && one !== null && depth < 8; depth++) {
    yield one;
    if ('errors' in one && Array.isArray(one.errors) && one.errors.length > 0) yield* causesOf(one.errors[0]);
    one = 'cause' in one ? one.cause : undefined;
  }
}
