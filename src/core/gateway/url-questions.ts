import type { ClientRequest, Exchange, JsonObject, Reply } from '@app/mcp-gateway';
import type { Interruption } from '@app/mcp-client';

/** Where a person has something to do before a call goes on. */
export interface Page {
  url: string;
  /** Why, and what then. */
  message: string;
}

/** Of what is waited for. */
export interface PersonsDeed<Found> {
  elicitationId: string;
  /** What the client hears while it waits. */
  progress: string;
  /** Nobody keeps a call open for longer. */
  withinMs: number;
  /** @returns undefined as long as it was not done; looks for so long */
  look: (waitMs: number, signal: Interruption) => Promise<Found | undefined>;
}

/** A client of the modern era is let go now and then, so that no proxy on the way ends its wait. */
export const ROUND_MS = 45_000;
export const LONGEST_MS = 30 * 60_000;
const TELL_MS = 10_000;

/** A client of the modern era takes the question away, and comes back. */
export const toUrlQuestion = (key: string, page: Page, state: object): Reply => ({
  kind: 'input_required',
  inputRequests: { [key]: { method: 'elicitation/create', params: paramsOf(page) } },
  state,
});

/**
 * The question stands in a client of the legacy era while we wait for what a person does, whatever the client says first.
 * @returns undefined where the client does not want to be asked, or leaves, or it takes too long
 */
export async function whileAsked<Found>(
  { progressToken }: ClientRequest,
  exchange: Exchange,
  page: Page,
  { elicitationId, progress, withinMs, look }: PersonsDeed<Found>,
): Promise<Found | undefined> {
  const answered = new AbortController();
  // Ends with the client's wait, and when it does not want to be asked.
  const waits = new AbortController();
  const leave = () => waits.abort();
  exchange.signal.addEventListener('abort', leave, { once: true });
  const params = { ...paramsOf(page), elicitationId };
  exchange
    .ask?.({ method: 'elicitation/create', params }, { signal: answered.signal, timeoutMs: withinMs })
    .then(({ action }) => {
      if (action !== 'accept') leave();
    }, leave);
  const until = performance.now() + withinMs;
  try {
    for (let told = 0; ; told += 1) {
      const found = await look(TELL_MS, waits.signal);
      if (found !== undefined) {
        answered.abort();
        exchange.notify('notifications/elicitation/complete', { elicitationId });
        return found;
      }
      if (waits.signal.aborted || exchange.signal.aborted || performance.now() > until) return undefined;
      if (progressToken !== undefined) exchange.progress({ progress: told, message: progress });
    }
  } finally {
    exchange.signal.removeEventListener('abort', leave);
  }
}

const paramsOf = ({ url, message }: Page): JsonObject => ({ mode: 'url', message, url });
