import type { Deadline } from './deadline.js';
import { underEither } from './either.js';
import type { RawResult } from './raw-result.js';

/** Who hears, in the server's own words, of what it says while one call runs. */
export interface CallHooks {
  onProgress?: ((params: RawResult) => void) | undefined;
  onLog?: ((params: RawResult) => void) | undefined;
  onNotification?: ((method: string, params: RawResult) => void) | undefined;
  /** Throws `RequestRefused` to answer with an error of its own. */
  onRequest?: ((method: string, params: RawResult, options: { signal: AbortSignal }) => Promise<RawResult>) | undefined;
}

/** A call that runs. */
export interface CurrentCall extends CallHooks {
  readonly progressToken: string;
  readonly deadline: Deadline;
  /** What a question gets where nobody is there to be asked. */
  readonly unasked: (method: string) => Outcome;
}

/** What the server gets for a request of its own. */
export type Outcome = { result: RawResult } | { error: { code: number; message: string; data?: unknown } };

/** An answer that is an error, to a request of the server. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

export const ELICITATION = 'elicitation/create';

const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;
const QUESTIONS = new Set([ELICITATION, 'sampling/createMessage', 'roots/list']);

export const notOffered = (): Outcome => ({
  error: { code: METHOD_NOT_FOUND, message: 'This client does not offer that.' },
});

/** As if a person had closed the form; whatever else is asked is not offered. */
export const cancelled = (method: string): Outcome =>
  method === ELICITATION ? { result: { action: 'cancel' } } : notOffered();

/** Puts what a server asks to whoever is behind a call, whose clock stands still meanwhile. Never throws. */
export async function answer(
  call: CurrentCall | undefined,
  { method, params }: { method: string; params: RawResult },
  withdrawn: AbortSignal,
): Promise<Outcome> {
  if (!QUESTIONS.has(method)) return notOffered();
  if (!call?.onRequest) return (call?.unasked ?? cancelled)(method);
  const { deadline, onRequest } = call;
  const put = (signal: AbortSignal) =>
    new Promise<RawResult>((resolve, reject) => {
      const leave = () => reject(new Error('Nobody waits for the answer any more.'));
      signal.addEventListener('abort', leave, { once: true });
      onRequest(method, params, { signal }).then(resolve, reject);
    });
  deadline.pause();
  try {
    return { result: await underEither([withdrawn, deadline.signal], put) };
  } catch (error) {
    return { error: toRpcError(error) };
  } finally {
    deadline.resume();
  }
}

function toRpcError(error: unknown): { code: number; message: string; data?: unknown } {
  if (!(error instanceof RequestRefused)) return { code: INTERNAL_ERROR, message: 'The question was not answered.' };
  const { code, message, data } = error;
  return { code, message, ...(data === undefined ? {} : { data }) };
}
