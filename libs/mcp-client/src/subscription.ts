import type { Client, McpSubscription } from '@modelcontextprotocol/client';

const ACKNOWLEDGE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Has a server of the 2026 era say when its tools change (2026-07-28, subscriptions/listen), until `end`. What it says
 * comes to the client's handler of notifications. A stream that breaks is asked for again, less and less often.
 */
export class ToolSubscription {
  readonly #client: Client;
  #open: McpSubscription | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(client: Client) {
    this.#client = client;
    void this.#listen();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    void this.#open?.close().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    const beganAt = performance.now();
    try {
      this.#open = await this.#client.listen({ toolsListChanged: true }, { timeout: ACKNOWLEDGE_MS });
      if (this.#ended) return this.end();
      await this.#open.closed;
    } catch {
      // It does not want to say so now. What it offers is looked at before each call in any case.
    }
    // A client that closed of itself asks nothing any more.
    if (this.#ended || this.#client.transport === undefined) return;
    if (performance.now() - beganAt > LONGEST_PAUSE_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#timer = setTimeout(() => void this.#listen(), this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
