import type { EgressGuard } from '@app/egress';
import type { Listed } from './beside.js';
import type { Interruption } from './interruption.js';
import type { UpstreamSession } from './session.js';
import type { ProcessSlots } from './stdio/launch.js';
import type { ClientInfo, UpstreamTarget } from './target.js';
import { TargetConnections } from './target-connections.js';
import { UpstreamError } from './upstream-error.js';

export interface UpstreamPoolOptions {
  /** Callers of one target at a time; further ones wait. Default 64. */
  maxCallsPerTarget?: number;
  /** Of sessions with one target that are lent to one caller at a time. Default 8. */
  maxAlonePerTarget?: number;
  /** Targets that sessions are kept for. Default 500. */
  maxTargets?: number;
  /** How long an unused session is kept. Default 60 s. */
  idleMs?: number;
  clientInfo?: ClientInfo;
  /** A target said, on a connection that was open, that it offers others of something now; as often as it says so. */
  onChanged?: (key: string, what: Listed) => void;
  /** A resource that a session subscribed to has changed. */
  onResourceUpdated?: (key: string, uri: string) => void;
}

/** A process serves one call at a time, and is kept longer, since starting one is dear. */
const OF_A_PROCESS = { maxAlone: 1, idleMs: 10 * 60_000, isProcess: true };

/**
 * Shares upstream sessions between callers. A target that hangs fills its own places and no others: who comes when all
 * are taken waits in a bounded queue, or is refused.
 */
export class UpstreamPool {
  readonly #targets = new Map<string, TargetConnections>();
  readonly #maxTargets: number;
  readonly #open: (target: UpstreamTarget) => TargetConnections;
  #closed = false;

  constructor(
    guard: EgressGuard,
    {
      maxCallsPerTarget = 64,
      maxAlonePerTarget = 8,
      maxTargets = 500,
      idleMs = 60_000,
      clientInfo = { name: 'switchyard', version: '0' },
      onChanged,
      onResourceUpdated,
    }: UpstreamPoolOptions = {},
  ) {
    this.#maxTargets = maxTargets;
    const makeRoom = (slots: ProcessSlots) => this.#endIdleProcess(slots);
    const options = { guard, clientInfo, makeRoom, maxCalls: maxCallsPerTarget };
    const kept = { maxAlone: maxAlonePerTarget, idleMs };
    const listens = onChanged !== undefined || onResourceUpdated !== undefined;
    this.#open = ({ key, transport }) =>
      new TargetConnections({
        ...options,
        ...(transport === 'stdio' ? OF_A_PROCESS : kept),
        news: listens
          ? { changed: (what) => onChanged?.(key, what), resourceUpdated: (uri) => onResourceUpdated?.(key, uri) }
          : undefined,
      });
  }

  /**
   * Lets `work` use the session with a target, which others use at the same time.
   * @param wait.timeoutMs for a place and a connection together; absent: the timeout of the target
   * @throws UpstreamError (UPSTREAM_BUSY when no place comes free in time), and what `work` throws
   */
  withSession<T>(
    target: UpstreamTarget,
    wait: { signal?: Interruption; timeoutMs?: number },
    work: (session: UpstreamSession) => Promise<T>,
  ): Promise<T> {
    const connections = this.#connectionsOf(target);
    return connections instanceof UpstreamError ? Promise.reject(connections) : connections.use(target, wait, work);
  }

  /** Forgets a target, for example when its server or credential changed. Calls that run are not disturbed. */
  drop(key: string): void {
    const connections = this.#targets.get(key);
    this.#targets.delete(key);
    void connections?.close();
  }

  /** Closes all sessions, and those in use as their callers end. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#targets.values()];
    this.#targets.clear();
    await Promise.all(all.map((connections) => connections.close()));
  }

  #connectionsOf(target: UpstreamTarget): TargetConnections | UpstreamError {
    const { key } = target;
    if (this.#closed) return busy('The connections to servers are being closed.');
    const known = this.#targets.get(key);
    if (known) {
      // The order matters only where one may soon have to go.
      if (this.#targets.size * 2 > this.#maxTargets || known.isProcess) {
        this.#targets.delete(key);
        this.#targets.set(key, known);
      }
      return known;
    }
    if (this.#targets.size >= this.#maxTargets && !this.#forgetOldestIdle()) {
      return busy('Too many servers are in use at once.');
    }
    const connections = this.#open(target);
    this.#targets.set(key, connections);
    return connections;
  }

  #forgetOldestIdle(): boolean {
    const idle = [...this.#targets].filter(([, { inUse }]) => !inUse);
    // What somebody waits to hear from goes last.
    const oldest = idle.find(([, { subscribed }]) => !subscribed) ?? idle[0];
    if (oldest) this.drop(oldest[0]);
    return oldest !== undefined;
  }

  /** The least recently used makes room. */
  async #endIdleProcess(slots: ProcessSlots): Promise<void> {
    for (const [key, connections] of [...this.#targets]) {
      if (!slots.full) return;
      if (!connections.isProcess || connections.inUse || connections.subscribed) continue;
      this.#targets.delete(key);
      await connections.close();
    }
  }
}

const busy = (message: string) =>
  new UpstreamError('UPSTREAM_BUSY', message, { requestSent: false, fix: 'Try again.' });
