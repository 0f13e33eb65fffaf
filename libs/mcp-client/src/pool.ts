import type { EgressGuard } from '@app/egress';
import { openConnection, type Connection, type Verdict } from './connection.js';
import { Deadline } from './deadline.js';
import { cancelled, deadlinePassed, toUpstreamError } from './failures.js';
import { UpstreamSession } from './session.js';
import type { ProcessSlots } from './stdio/launch.js';
import type { ClientInfo, UpstreamTarget } from './target.js';
import { TargetLeases } from './target-leases.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace } from './upstream-fetch.js';

export interface UpstreamPoolOptions {
  /** Sessions with one target at a time; further leases wait. Default 8. */
  maxPerTarget?: number;
  /** Targets that sessions are kept for. Default 500. */
  maxTargets?: number;
  /** How long an unused session is kept. Default 60 s. */
  idleMs?: number;
  clientInfo?: ClientInfo;
}

interface Entry {
  leases: TargetLeases;
  isProcess: boolean;
  verdict: { value: Verdict; expiresAt: number } | undefined;
}

/** A process serves one call at a time, and is kept longer, since starting one is dear. */
const PROCESS_IDLE_MS = 10 * 60_000;

/** A server may be upgraded to another protocol, so what was negotiated is asked again now and then. */
const VERDICT_MS = 10 * 60_000;

/** Shares upstream sessions between callers, one lease at a time each. */
export class UpstreamPool {
  readonly #entries = new Map<string, Entry>();
  readonly #maxPerTarget: number;
  readonly #maxTargets: number;
  readonly #idleMs: number;
  readonly #clientInfo: ClientInfo;
  #closed = false;

  constructor(
    private readonly guard: EgressGuard,
    {
      maxPerTarget = 8,
      maxTargets = 500,
      idleMs = 60_000,
      clientInfo = { name: 'switchyard', version: '0' },
    }: UpstreamPoolOptions = {},
  ) {
    this.#maxPerTarget = maxPerTarget;
    this.#maxTargets = maxTargets;
    this.#idleMs = idleMs;
    this.#clientInfo = clientInfo;
  }

  /**
   * Lends an exclusive session to `work`: an idle one, else a new one, else the next that comes free.
   * @throws UpstreamError (UPSTREAM_BUSY when none comes free in time), and what `work` throws
   */
  async withSession<T>(
    target: UpstreamTarget,
    { signal }: { signal?: AbortSignal },
    work: (session: UpstreamSession) => Promise<T>,
  ): Promise<T> {
    const entry = this.#entryOf(target);
    const deadline = new Deadline(target.timeoutMs, signal);
    let session: UpstreamSession;
    try {
      session = await entry.leases.take(deadline, () => this.#openSession(target, entry, deadline));
    } finally {
      deadline.dispose();
    }
    try {
      return await work(session);
    } finally {
      entry.leases.giveBack(session);
    }
  }

  /** Forgets a target, for example when its server or credential changed. Calls that run are not disturbed. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    void entry?.leases.close();
  }

  /** Closes all sessions, and those on lease as they come back. */
  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ leases }) => leases.close()));
  }

  #entryOf({ key, transport }: UpstreamTarget): Entry {
    if (this.#closed) throw busy('The connections to servers are being closed.');
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    if (this.#entries.size >= this.#maxTargets) this.#forgetOldestIdle();
    const isProcess = transport === 'stdio';
    const entry: Entry = {
      leases: isProcess
        ? new TargetLeases({ maxSessions: 1, idleMs: PROCESS_IDLE_MS })
        : new TargetLeases({ maxSessions: this.#maxPerTarget, idleMs: this.#idleMs }),
      isProcess,
      verdict: undefined,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #forgetOldestIdle(): void {
    for (const [key, { leases }] of this.#entries) {
      if (leases.inUse) continue;
      return this.drop(key);
    }
    throw busy('Too many servers are in use at once.');
  }

  /** The least recently used makes room. */
  async #endIdleProcess(slots: ProcessSlots): Promise<void> {
    for (const [key, { leases, isProcess }] of [...this.#entries]) {
      if (!slots.full) return;
      if (!isProcess || leases.inUse) continue;
      this.#entries.delete(key);
      await leases.close();
    }
  }

  async #openSession(target: UpstreamTarget, entry: Entry, deadline: Deadline): Promise<UpstreamSession> {
    const connection = await this.#openConnection(target, entry, deadline);
    return new UpstreamSession(target, connection, (within) => {
      // Who forgot us may have been replaced by another version.
      entry.verdict = undefined;
      return this.#openConnection(target, entry, within);
    });
  }

  async #openConnection(target: UpstreamTarget, entry: Entry, deadline: Deadline): Promise<Connection> {
    if (target.launch?.slots.full) await this.#endIdleProcess(target.launch.slots);
    const trace = newTrace();
    const verdict = entry.verdict && entry.verdict.expiresAt > Date.now() ? entry.verdict.value : undefined;
    try {
      const connection = await openConnection({
        guard: this.guard,
        target,
        clientInfo: this.#clientInfo,
        deadline,
        trace,
        verdict,
      });
      if (!verdict) entry.verdict = { value: connection.verdict, expiresAt: Date.now() + VERDICT_MS };
      return connection;
    } catch (error) {
      entry.verdict = undefined;
      if (deadline.expired) throw deadlinePassed(target.timeoutMs, false);
      if (deadline.signal.aborted) throw cancelled(false);
      throw toUpstreamError(error, { target, trace, effect: false });
    }
  }
}

const busy = (message: string) =>
  new UpstreamError('UPSTREAM_BUSY', message, { requestSent: false, fix: 'Try again.' });
