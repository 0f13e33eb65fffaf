import type { Client, McpSubscription, SubscriptionFilter } from '@modelcontextprotocol/client';

const ACKNOWLEDGE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Has a server of the 2026 era say when its lists change, and of some resources that they did (2026-07-28,
 * subscriptions/listen), until `end`. A stream that breaks is asked for again, less and less often; one for other
 * resources takes its place before it ends.
 */
export class ListenSubscription {
  readonly #client: Client;
  readonly #lists: SubscriptionFilter;
  #uris: readonly string[] = [];
  #open: McpSubscription | undefined;
  /** Which attempt counts: those before it are of other resources. */
  #attempt = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(client: Client) {
    const { tools, prompts, resources } = client.getServerCapabilities() ?? {};
    this.#client = client;
    this.#lists = {
      ...(tools?.listChanged && { toolsListChanged: true }),
      ...(prompts?.listChanged && { promptsListChanged: true }),
      ...(resources?.listChanged && { resourcesListChanged: true }),
    };
    // It does not want to say so now; what it offers is looked at before each call in any case.
    this.#replace().catch(() => undefined);
  }

  /**
   * Of these resources it is to say when they change, and of no others.
   * @throws what the SDK throws where it does not agree now; it is asked again
   */
  async watch(uris: readonly string[]): Promise<void> {
    this.#uris = uris;
    await this.#replace();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    void this.#open?.close().catch(() => undefined);
  }

  async #replace(): Promise<void> {
    const attempt = ++this.#attempt;
    clearTimeout(this.#timer);
    const before = this.#open;
    const uris = this.#uris;
    const filter = { ...this.#lists, ...(uris.length > 0 && { resourceSubscriptions: [...uris] }) };
    this.#open = undefined;
    try {
      if (Object.keys(filter).length === 0 || this.#ended) return;
      const open = await this.#client.listen(filter, { timeout: ACKNOWLEDGE_MS });
      if (attempt !== this.#attempt || this.#ended) return void open.close().catch(() => undefined);
      this.#open = open;
      void open.closed.then(() => this.#again(attempt, performance.now()));
    } catch (error) {
      this.#again(attempt);
      throw error;
    } finally {
      void before?.close().catch(() => undefined);
    }
  }

  #again(attempt: number, openedAt?: number): void {
    // A client that closed of itself asks nothing any more.
    if (attempt !== this.#attempt || this.#ended || this.#client.transport === undefined) return;
    if (openedAt !== undefined && performance.now() - openedAt > LONGEST_PAUSE_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#timer = setTimeout(() => void this.#replace().catch(() => undefined), this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
