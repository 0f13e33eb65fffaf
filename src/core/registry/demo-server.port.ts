/** Its entry in the catalogue, whatever else the entry says. */
export const DEMO_SERVICE = 'io.switchyard/demo';

/** Our own MCP server, for newcomers and for tests of the whole. */
export abstract class DemoServer {
  /** Whether this process has one. */
  abstract readonly enabled: boolean;

  /** Where it listens now; undefined while it does not. */
  abstract url(): string | undefined;

  /**
   * Calls at once when it listens, and each time that it listens anew, perhaps elsewhere.
   * @returns what ends it
   */
  abstract onListening(listener: (url: string) => void): () => void;

  /** The one origin that may be on the loopback whatever the egress settings say. */
  origin(): string | undefined {
    const url = this.url();
    return url && new URL(url).origin;
  }
}
