import pg from 'pg';

/** Longer than any statement takes but those of migrations: by then the server, or what is between, has fallen silent. */
const SILENCE_MS = 30_000;

export type WatchedClient = new (config?: string | pg.ClientConfig) => pg.Client;

/**
 * A client for pools.
 *
 * A statement without an answer ends with its connection: where packets are swallowed, the system waits for a quarter of an
 * hour. And the pool and who borrowed a connection listen for errors in turns: what fails just between the two (a server that
 * dies while it lets us in) is told to the next query; without a listener it would end the process.
 *
 * @param silenceMs how long a statement may take; 0 is no limit
 */
export function watchedClient(silenceMs = SILENCE_MS): WatchedClient {
  return class extends pg.Client {
    private silence: NodeJS.Timeout | undefined;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.on('error', () => undefined);
      if (silenceMs === 0) return;
      this.on('drain', () => this.rest());
      this.on('end', () => this.rest());
      const query = this.query.bind(this) as (...given: unknown[]) => unknown;
      this.query = ((...given: unknown[]) => {
        // Ending a client in the middle of a statement cuts its connection.
        this.silence ??= setTimeout(() => void this.end().catch(() => undefined), silenceMs).unref();
        return query(...given);
      }) as pg.Client['query'];
    }

    private rest(): void {
      clearTimeout(this.silence);
      this.silence = undefined;
    }
  };
}
