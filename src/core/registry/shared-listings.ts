import { type ToolsVersion, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import type { ServerId } from '../../platform/ids.js';
import { pinAll } from './tool-definition.js';

export type Pins = ReadonlyMap<string, string>;

interface Listed {
  version: ToolsVersion | undefined;
  pins: Pins;
}

interface Listings {
  running: Promise<Pins> | undefined;
  /** Has not begun: who comes now may share it. */
  next: Promise<Pins> | undefined;
  last: Listed | undefined;
}

const MOST_SERVERS = 500;

/**
 * What servers list, asked anew for each call but together: calls that come while a listing is under way share the next one,
 * which begins after all of them came. A server that answers word for word as before is not read again.
 */
export class SharedListings {
  private readonly servers = new Map<ServerId, Listings>();

  /**
   * The pins, by name, of what the server lists at some time after this was called.
   * @throws UpstreamError, whose request had no effect
   */
  pins(
    session: UpstreamSession,
    serverId: ServerId,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Pins> {
    const listings = this.of(serverId);
    const shared = listings.next ?? (listings.running ? this.after(listings, session) : undefined);
    return until(shared ?? this.begin(listings, session), signal, timeoutMs);
  }

  private of(serverId: ServerId): Listings {
    const known = this.servers.get(serverId) ?? { running: undefined, next: undefined, last: undefined };
    this.servers.delete(serverId);
    this.servers.set(serverId, known);
    const [oldest] = this.servers.keys();
    if (this.servers.size > MOST_SERVERS && oldest !== undefined) this.servers.delete(oldest);
    return known;
  }

  private after(listings: Listings, session: UpstreamSession): Promise<Pins> {
    const ended = listings.running?.catch(() => undefined) ?? Promise.resolve();
    listings.next = ended.then(() => {
      listings.next = undefined;
      return this.begin(listings, session);
    });
    return listings.next;
  }

  private begin(listings: Listings, session: UpstreamSession): Promise<Pins> {
    const running = this.list(listings, session).finally(() => {
      if (listings.running === running) listings.running = undefined;
    });
    listings.running = running;
    return running;
  }

  /** Under no caller's signal, nor in a caller's time: others wait for it as well. */
  private async list(listings: Listings, session: UpstreamSession): Promise<Pins> {
    const { version, tools } = await session.listToolsSince(listings.last?.version);
    if (!tools && listings.last) return listings.last.pins;
    const { snapshots } = pinAll(tools ?? []);
    const pins = new Map(snapshots.map((snapshot) => [snapshot.definition.name, snapshot.pin]));
    listings.last = { version, pins };
    return pins;
  }
}

/** The work, or an error when the signal or the time ends first; the work goes on for others. */
function until<T>(work: Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    const cancel = () => {
      stop();
      reject(new UpstreamError('UPSTREAM_CANCELLED', 'The call was cancelled.', { requestSent: false }));
    };
    const timer = setTimeout(() => {
      stop();
      reject(
        new UpstreamError('UPSTREAM_TIMEOUT', `The server did not list its tools within ${timeoutMs / 1_000} s.`, {
          requestSent: false,
          fix: 'Check that the server is running, or give it a longer timeout.',
        }),
      );
    }, timeoutMs);
    // Nobody may be left to hear how it ends.
    work.catch(() => undefined);
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    work.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: Error) => {
        stop();
        reject(error);
      },
    );
  });
}
