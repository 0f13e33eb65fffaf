import type { buildConnector } from 'undici';
import { errors } from 'undici';
import { Connection, type ConnectionOwner, type Outgoing } from './connection.js';
import type { DispatcherOptions } from './connector.js';
import type { Destination } from './judge.js';
import { findRefusal } from './refused.js';

/** Opens connections to one origin. */
export type Connector = buildConnector.connector;

const MAX_IDLE = 64;
const MAX_ORIGINS = 1024;
const SWEEP_MS = 1000;

/** What is shared by all requests to one origin with the same options. */
class Origin {
  /** Those that may be used at once, the last used at the end. */
  readonly idle: Connection[] = [];
  /** Requests for which a connection that still rests will do. */
  readonly waiting: Outgoing[] = [];
  resting = 0;
  lastUsed = 0;
  evicted = false;

  constructor(
    readonly key: string,
    readonly options: DispatcherOptions,
    readonly connector: Connector,
    readonly target: buildConnector.Options,
  ) {}
}

/**
 * Connections that are kept open, HTTP/1.1, one exchange at a time on each. One whose exchange has ended rests until the
 * event loop has looked for bytes once more: what a server sends unasked closes it instead of answering the next request.
 */
export class Connections {
  readonly #connectorFor: (destination: Destination, options: DispatcherOptions) => Connector;
  readonly #origins = new Map<string, Origin>();
  /** The way from a destination that is used again and again. */
  readonly #known = new WeakMap<Destination, Origin>();
  readonly #open = new Set<Connection>();
  readonly #connecting = new Set<Outgoing>();
  /** By how often the loop has looked since: not at all, and once. */
  #ended: [Connection, Origin][] = [];
  #looked: [Connection, Origin][] = [];
  #looking = false;
  #sweep: NodeJS.Timeout | undefined;
  #uses = 0;
  #closed = false;

  /** @param connectorFor that judges each connection as it is made */
  constructor(connectorFor: (destination: Destination, options: DispatcherOptions) => Connector) {
    this.#connectorFor = connectorFor;
  }

  send(destination: Destination, options: DispatcherOptions, outgoing: Outgoing): void {
    if (this.#closed) throw new errors.ClientClosedError('The egress guard is closed.');
    const origin = this.#originOf(destination, options);
    const connection = origin.idle.length > 0 ? pickIdle(origin) : undefined;
    if (connection) connection.begin(outgoing);
    else if (origin.resting > origin.waiting.length) origin.waiting.push(outgoing);
    else this.#connect(origin, outgoing);
  }

  /** Cuts every connection; whoever waits is told. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    const unsent = [...this.#connecting, ...[...this.#origins.values()].flatMap(({ waiting }) => waiting.splice(0))];
    this.#connecting.clear();
    this.#origins.clear();
    for (const { receiver } of unsent) receiver.failed(new errors.ClientDestroyedError());
    for (const connection of this.#open) connection.abort(new errors.ClientDestroyedError());
  }

  #originOf(destination: Destination, options: DispatcherOptions): Origin {
    const before = this.#known.get(destination);
    const fits =
      before?.evicted === false &&
      before.options.verifyTls === options.verifyTls &&
      before.options.connectTimeoutMs === options.connectTimeoutMs;
    const origin = fits ? before : this.#findOrigin(destination, options);
    if (!fits) this.#known.set(destination, origin);
    origin.lastUsed = ++this.#uses;
    return origin;
  }

  #findOrigin(destination: Destination, options: DispatcherOptions): Origin {
    const { verifyTls, connectTimeoutMs } = options;
    const { origin, protocol, hostname, host, port } = destination.url;
    const key = `${verifyTls}:${connectTimeoutMs}:${origin}`;
    const known = this.#origins.get(key);
    if (known) return known;
    if (this.#origins.size >= MAX_ORIGINS) this.#evict();
    const connector = this.#connectorFor(destination, { verifyTls, connectTimeoutMs });
    const target = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port };
    const made = new Origin(key, { verifyTls, connectTimeoutMs }, connector, target);
    this.#origins.set(key, made);
    return made;
  }

  #evict(): void {
    let oldest: Origin | undefined;
    for (const origin of this.#origins.values()) {
      if (!oldest || origin.lastUsed < oldest.lastUsed) oldest = origin;
    }
    if (!oldest) return;
    oldest.evicted = true;
    this.#origins.delete(oldest.key);
    for (const connection of oldest.idle.splice(0)) connection.destroy();
  }

  #connect(origin: Origin, outgoing: Outgoing): void {
    this.#connecting.add(outgoing);
    origin.connector(origin.target, (error, socket) => {
      if (!this.#connecting.delete(outgoing)) return void socket?.destroy();
      if (!socket) return outgoing.receiver.failed(findRefusal(error) ?? error);
      const owner: ConnectionOwner = {
        free: (connection) => this.#rest(connection, origin),
        gone: (connection) => this.#forget(connection, origin),
      };
      const connection = new Connection(socket, owner);
      this.#open.add(connection);
      connection.begin(outgoing);
    });
  }

  #forget(connection: Connection, origin: Origin): void {
    this.#open.delete(connection);
    const at = origin.idle.indexOf(connection);
    if (at >= 0) origin.idle.splice(at, 1);
  }

  #rest(connection: Connection, origin: Origin): void {
    origin.resting += 1;
    this.#ended.push([connection, origin]);
    if (this.#looking) return;
    this.#looking = true;
    setImmediate(this.#afterLook);
  }

  /** Immediates run right after the loop has looked for bytes. */
  readonly #afterLook = (): void => {
    const rested = this.#looked;
    this.#looked = this.#ended;
    this.#ended = [];
    this.#looking = this.#looked.length > 0;
    if (this.#looking) setImmediate(this.#afterLook);
    for (const [connection, origin] of rested) {
      origin.resting -= 1;
      this.#offer(connection, origin);
    }
  };

  #offer(connection: Connection, origin: Origin): void {
    const next = origin.waiting.shift();
    if (next) {
      if (connection.open) connection.begin(next);
      else this.#connect(origin, next);
    } else if (!connection.open) {
      return;
    } else if (origin.evicted || this.#closed || origin.idle.length >= MAX_IDLE) {
      connection.destroy();
    } else {
      origin.idle.push(connection);
      this.#sweep ??= setInterval(() => this.#closeStale(), SWEEP_MS).unref();
    }
  }

  #closeStale(): void {
    const now = performance.now();
    let idle = 0;
    for (const origin of this.#origins.values()) {
      for (const connection of [...origin.idle]) {
        if (connection.isStale(now)) connection.destroy();
        else connection.letSleep();
      }
      idle += origin.idle.length;
    }
    if (idle > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

/** The one that was used last, for the others may then be closed. */
function pickIdle(origin: Origin): Connection | undefined {
  const now = performance.now();
  for (let one = origin.idle.pop(); one; one = origin.idle.pop()) {
    if (one.open && !one.isStale(now)) return one;
    one.destroy();
  }
  return undefined;
}
