import { type Deadline, type ToolsVersion, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import { touch } from '../../platform/recent.js';
import { pinAll } from './tool-definition.js';

export type Pins = ReadonlyMap<string, string>;

interface Listed {
  version: ToolsVersion | undefined;
  pins: Pins;
}

/** Callers of a listing that has not begun: who comes now may share it. */
interface Gathering {
  pins: Promise<Pins>;
  callers: number;
  /** Everybody is here who can be expected. */
  complete: () => void;
}

interface Listings {
  running: Promise<Pins> | undefined;
  next: Gathering | undefined;
  /** How many the last listing was for; as many are waited for, a moment. */
  together: number;
  last: Listed | undefined;
}

const MOST_PLACES = 500;
/** How long the first of several callers waits for the others. Who calls alone waits for nobody. */
const GATHER_MS = 2;
/** More do not wait for each other, so that some are on their way while others gather. */
const MOST_TOGETHER = 8;

/**
 * What servers list, asked anew for each call but together: calls that come while a listing is under way share the next one,
 * which begins after all of them came. A server that answers word for word as before is not read again.
 */
export class SharedListings {
  private readonly places = new Map<string, Listings>();

  /**
   * The pins, by name, of what the server lists at some time after this was called.
   * @param place the server as one account sees it: what it lists may depend on that
   * @throws UpstreamError, whose request had no effect
   */
  pins(session: UpstreamSession, place: string, deadline: Deadline): Promise<Pins> {
    const listings = this.of(place);
    return until(
      this.join(listings, () => this.list(listings, session)),
      deadline,
    );
  }

  private of(place: string): Listings {
    const known = this.places.get(place);
    if (known) {
      touch(this.places, place, known, MOST_PLACES);
      return known;
    }
    const made = { running: undefined, next: undefined, together: 1, last: undefined };
    this.places.set(place, made);
    const [oldest] = this.places.keys();
    if (this.places.size > MOST_PLACES && oldest !== undefined) this.places.delete(oldest);
    return made;
  }

  private join(listings: Listings, list: () => Promise<Pins>): Promise<Pins> {
    if (!listings.next && !listings.running && listings.together <= 1) return begin(listings, list);
    const gathering = (listings.next ??= gather(listings, list));
    gathering.callers += 1;
    if (gathering.callers >= listings.together) gathering.complete();
    return gathering.pins;
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

/** After the listing that runs, if one does, and when those who came together the last time are here again. */
function gather(listings: Listings, list: () => Promise<Pins>): Gathering {
  let complete = () => {};
  const gathered = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    complete = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const ended = listings.running?.catch(() => undefined);
  const pins = Promise.all([gathered, ended]).then(() => {
    listings.together = Math.min(gathering.callers, MOST_TOGETHER);
    listings.next = undefined;
    return begin(listings, list);
  });
  const gathering: Gathering = { pins, callers: 0, complete };
  return gathering;
}

function begin(listings: Listings, list: () => Promise<Pins>): Promise<Pins> {
  const running = list().finally(() => {
    if (listings.running === running) listings.running = undefined;
  });
  listings.running = running;
  return running;
}

/** The work, or an error when the deadline ends first; the work goes on for others. */
function until<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = deadline.onEnd(() => reject(endOf(deadline)));
    work.then(
      (value) => {
        stopListening();
        resolve(value);
      },
      (error: Error) => {
        stopListening();
        reject(error);
      },
    );
    if (deadline.ended) reject(endOf(deadline));
  });
}

const endOf = ({ expired, timeoutMs }: Deadline) =>
  expired
    ? new UpstreamError(
        'UPSTREAM_TIMEOUT',
        `The server did not list its tools within ${Math.round(timeoutMs / 100) / 10} s.`,
        {
          requestSent: false,
          fix: 'Check that the server is running, or give it a longer timeout.',
        },
      )
    : new UpstreamError('UPSTREAM_CANCELLED', 'The call was cancelled.', { requestSent: false });
