const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;
const LONGEST_DETAIL = 500;

/** The provider answered with an HTTP status other than success, before any words. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';

  constructor(
    readonly status: number,
    /** The provider's own sentence, shortened, without the key; not for showing as it is. */
    readonly detail: string,
    readonly retryAfterMs: number | undefined,
  ) {
    super(`the provider answered ${status}: ${detail}`);
  }
}

/** The answer is no event stream, or one without end. */
export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply';
}

function limitBytes(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > limit) controller.error(new UnreadableReply(`more than ${limit} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

async function readText(response: Response): Promise<string> {
  const body = response.body?.pipeThrough(limitBytes(MAX_REFUSAL_BYTES));
  return new Response(body).text().catch(() => '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), OpenAI's retry-after-ms, else google.rpc.RetryInfo in the body (`"22s"`). */
function readRetryAfter(headers: Headers, error: unknown): number | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const header = headers.get('retry-after');
  if (header !== null) {
    const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  }
  const details = member(error, 'details');
  for (const detail of Array.isArray(details) ? (details as unknown[]) : []) {
    const delay = member(detail, 'retryDelay');
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  return undefined;
}

const hide = (text: string, secret: string | undefined): string =>
  secret === undefined ? text : text.replaceAll(secret, '[key]');

async function toRefusal(response: Response, secret: string | undefined): Promise<ProviderRefusal> {
  const body = parse(await readText(response));
  const error = member(body, 'error');
  // `{error: {message}}` of the vendors; `{error: "…"}` and `{message}` of those that imitate them.
  const said = [member(error, 'message'), error, member(body, 'message')].find((words) => typeof words === 'string');
  const detail = [said ?? response.statusText, member(error, 'code')]
    .filter((part) => typeof part === 'string')
    .join(' · ');
  return new ProviderRefusal(
    response.status,
    hide(detail, secret).slice(0, LONGEST_DETAIL),
    readRetryAfter(response.headers, error),
  );
}

/**
 * A fetch for the SDKs: their own errors keep the raw page and may drop Retry-After, their stream readers have no bound,
 * and a redirect would carry the key's header to another host.
 * @throws ProviderRefusal, UnreadableReply, or what fetch throws
 */
export const guardedFetch =
  (secret: string | undefined): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    if (!response.ok) throw await toRefusal(response, secret);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
      throw new UnreadableReply('the answer is not an event stream');
    const body = response.body?.pipeThrough(limitBytes(MAX_REPLY_BYTES));
    return new Response(body, { status: response.status, headers: response.headers });
  };
