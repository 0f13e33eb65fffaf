const TRACE = '_trace';

/** A job goes on in the trace of whoever enqueued it, maybe in another process, later. */
export const withTrace = (payload: object, traceparent: string | undefined): object =>
  traceparent === undefined ? payload : { ...payload, [TRACE]: traceparent };

export function splitTrace(stored: unknown): { payload: unknown; trace: string | undefined } {
  if (typeof stored !== 'object' || stored === null || !(TRACE in stored)) return { payload: stored, trace: undefined };
  const { [TRACE]: trace, ...payload } = stored;
  return { payload, trace: typeof trace === 'string' ? trace : undefined };
}
