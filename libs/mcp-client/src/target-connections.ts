import { afterwards, promised } from '@app/soon';
import type { EgressGuard } from '@app/egress';
import type { News } from './beside.js';
import type { Connection, Verdict } from './connection.js';
import { Deadline } from './deadline.js';
import { cancelled, endedBy, toUpstreamError } from './failures.js';
import type { Interruption } from './interruption.js';
import { openConnection } from './open-connection.js';
import { Places } from './places.js';
import { UpstreamSession } from './session.js';
import { ResourceSubscriptions } from './resource-subscriptions.js';
import type { ProcessSlots } from './stdio/launch.js';
import type { ClientInfo, UpstreamTarget } from './target.js';
import { allInUse, TargetLeases } from './target-leases.js';
import { newTrace } from './upstream-fetch.js';

export interface TargetOptions {
  guard: EgressGuard;
  clientInfo: ClientInfo;
  /** Callers at a time; further ones wait. */
  maxCalls: number;
  /** Of sessions that are lent to one caller at a time. */
  maxAlone: number;
  idleMs: number;
  /** Hears what the target says on its own account, on whichever connection. */
  news: News | undefined;
  /** Whether what is connected to is a process of our own. */
  isProcess?: boolean;
  /** Ends what is idle, before another process is started. */
  makeRoom: (slots: ProcessSlots) => Promise<void>;
}

interface Wait {
  signal?: Interruption;
  timeoutMs?: number;
}

const MOST_WAITING = 256;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A server may be upgraded to another protocol, so what was negotiated is asked again now and then. */
const VERDICT_MS = 10 * 60_000;

/**
 * What is open to one target: a session that all callers share, since each request has a stream of its own, and
 * sessions lent to one caller at a time, where the server may say things that name no call.
 */
export class TargetConnections {
  readonly #options: TargetOptions;
  readonly #places: Places;
  readonly #leases: TargetLeases;
  #shared: UpstreamSession | undefined;
  #opening: Promise<UpstreamSession> | undefined;
  #verdict: { value: Verdict; expiresAt: number } | undefined;
  /** It asks what names no call while several run: whoever can be asked has to be alone with it. */
  #asksBeside = false;
  readonly #subscriptions = new ResourceSubscriptions();
  #again: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #idleSince = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: TargetOptions) {
    this.#options = options;
    this.#places = new Places({ size: options.maxCalls, mostWaiting: MOST_WAITING });
    this.#leases = new TargetLeases({ maxSessions: options.maxAlone, idleMs: options.idleMs });
  }

  get inUse(): boolean {
    return this.#places.taken > 0;
  }

  /** Somebody waits to hear of its resources. */
  get subscribed(): boolean {
    return this.#subscriptions.size > 0;
  }

  get isProcess(): boolean {
    return this.#options.isProcess ?? false;
  }

  /** @throws UpstreamError, and what `work` throws */
  use<T>(target: UpstreamTarget, wait: Wait, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    if (wait.signal?.aborted) return Promise.reject(cancelled(false));
    if (!this.#places.takeFree()) return this.#useLater(target, wait, work);
    return this.#useNow(target, wait, work);
  }

  async #useLater<T>(target: UpstreamTarget, wait: Wait, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    await this.#waitForPlace(target, wait);
    const timeoutMs = Math.max(1, timeoutOf(target, wait) - (performance.now() - startedAt));
    return this.#useNow(target, { ...wait, timeoutMs }, work);
  }

  /** In a place that was taken. */
  #useNow<T>(target: UpstreamTarget, wait: Wait, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    const shared = this.#shared;
    const worked = shared?.reusable
      ? promised(() => work(shared))
      : this.#share(target, wait).then((session) => (session ? work(session) : this.#alone(target, wait, work)));
    return afterwards(worked, () => {
      this.#places.giveBack();
      this.#rest();
    });
  }

  /** Closes what is open, and what is in use as it comes back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#again);
    await Promise.all([this.#leases.close(), this.inUse ? undefined : this.#closeShared()]);
  }

  async #waitForPlace(target: UpstreamTarget, wait: Wait): Promise<void> {
    const { signal } = wait;
    const deadline = new Deadline(timeoutOf(target, wait), signal);
    try {
      if (!(await this.#places.take(deadline))) throw signal?.aborted ? cancelled(false) : allInUse();
    } finally {
      deadline.dispose();
    }
  }

  /** The session for all; undefined where the transport allows only one call at a time. */
  async #share(target: UpstreamTarget, wait: Wait): Promise<UpstreamSession | undefined> {
    if (this.isProcess || this.#knownVerdict()?.transport === 'sse') return undefined;
    this.#opening ??= this.#openShared(target).finally(() => {
      this.#opening = undefined;
    });
    const deadline = new Deadline(timeoutOf(target, wait), wait.signal);
    try {
      const session = await deadline.race(this.#opening);
      if (session.protocol.transport === 'streamable_http') return session;
      return undefined;
    } catch (error) {
      if (deadline.ended) throw endedBy(deadline, false);
      throw error;
    } finally {
      deadline.dispose();
    }
  }

  /** Under no caller's signal: others wait for it as well. */
  async #openShared(target: UpstreamTarget): Promise<UpstreamSession> {
    const deadline = new Deadline(target.timeoutMs);
    try {
      await this.#closeShared();
      const connection = await this.#connect(target, deadline);
      const session = new UpstreamSession(target, connection, {
        reopen: this.#reopener(target),
        lendAlone: (wait, work) => this.#alone(target, wait, work),
        asksBeside: () => this.#asksBeside,
        onAsksBeside: () => {
          this.#asksBeside = true;
        },
        subscriptions: this.#subscriptions,
      });
      session.adoptSubscriptions();
      const { multiplexed } = connection.channel;
      if (multiplexed && !this.#closed) this.#shared = session;
      else if (multiplexed) void session.close();
      else this.#leases.keep(session);
      return session;
    } finally {
      deadline.dispose();
    }
  }

  async #alone<T>(target: UpstreamTarget, wait: Wait, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    const deadline = new Deadline(timeoutOf(target, wait), wait.signal);
    let session: UpstreamSession;
    try {
      session = await this.#leases.take(deadline, async () => {
        const connection = await this.#connect(target, deadline);
        // What is asked before that is lost.
        await connection.listening();
        const options = { reopen: this.#reopener(target), subscriptions: this.#subscriptions };
        const session = new UpstreamSession(target, connection, options);
        session.adoptSubscriptions();
        return session;
      });
    } finally {
      deadline.dispose();
    }
    try {
      return await work(session);
    } finally {
      this.#leases.giveBack(session);
    }
  }

  #reopener(target: UpstreamTarget): (deadline: Deadline) => Promise<Connection> {
    return (deadline) => {
      // Who forgot us may have been replaced by another version.
      this.#verdict = undefined;
      return this.#connect(target, deadline);
    };
  }

  async #connect(target: UpstreamTarget, deadline: Deadline): Promise<Connection> {
    const { guard, clientInfo, makeRoom, news } = this.#options;
    if (target.launch?.slots.full) await makeRoom(target.launch.slots);
    const trace = newTrace();
    const verdict = this.#knownVerdict();
    try {
      const options = { guard, target, clientInfo, deadline, trace, verdict, news };
      const connection = await openConnection(options);
      connection.onClosed = () => this.#listenAgain(target);
      if (!verdict) this.#verdict = { value: connection.verdict, expiresAt: Date.now() + VERDICT_MS };
      return connection;
    } catch (error) {
      this.#verdict = undefined;
      if (deadline.ended) throw endedBy(deadline, false);
      throw toUpstreamError(error, { target, trace, effect: false });
    }
  }

  /** Where somebody waits to hear of resources a connection that was lost is opened again, less and less often. */
  #listenAgain(target: UpstreamTarget): void {
    if (this.#closed || this.#again || !this.#subscriptions.orphaned) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      const listens = this.use(target, {}, async (session) => session.adoptSubscriptions());
      listens.then(
        () => {
          this.#pauseMs = FIRST_PAUSE_MS;
        },
        () => {
          this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
          this.#listenAgain(target);
        },
      );
    }, this.#pauseMs).unref();
  }

  #knownVerdict(): Verdict | undefined {
    return this.#verdict && this.#verdict.expiresAt > Date.now() ? this.#verdict.value : undefined;
  }

  /** One timer for many calls: it looks again when it fires, instead of being set anew by each. */
  #rest(): void {
    if (this.inUse) return;
    if (this.#closed) return void this.#closeShared();
    this.#idleSince = performance.now();
    this.#idle ??= this.#lookIn(this.#options.idleMs);
  }

  #lookIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#idle = undefined;
      if (this.inUse) return;
      const left = this.#idleSince + this.#options.idleMs - performance.now();
      if (left > 1) this.#idle = this.#lookIn(left);
      else if (this.#shared?.subscribed) this.#idle = this.#lookIn(this.#options.idleMs);
      else void this.#closeShared();
    }, ms).unref();
  }

  async #closeShared(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.close();
  }
}

const timeoutOf = (target: UpstreamTarget, { timeoutMs = target.timeoutMs }: Wait): number => timeoutMs;
