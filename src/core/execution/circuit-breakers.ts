import { UpstreamError, type UpstreamErrorCode } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { ServerId } from '../../platform/ids.js';

/** So many failures one after another, and no more calls go out for a while. */
const OPENS_AFTER = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_SERVERS = 2_000;

/** What says that the server itself is away, and not that it did not like a call. */
const AWAY: ReadonlySet<UpstreamErrorCode> = new Set(['UPSTREAM_UNREACHABLE', 'UPSTREAM_TLS']);

export type Passage = { allowed: true; probe: boolean } | { allowed: false; retryAfterSeconds: number };
const THROUGH = { allowed: true, probe: false } as const satisfies Passage;
/** The one call that is let out to see. */
const PROBE = { allowed: true, probe: true } as const satisfies Passage;

interface Circuit {
  /** Of the server's address and account: another one begins anew. */
  place: string;
  failures: number;
  pauseMs: number;
  /** No call before this, by a clock that does not jump; then one, to see. */
  closedUntil: number;
  probing: boolean;
}

export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;
/** `open`: calls are refused for a while; `half_open`: one may go out, to see. */
export type CircuitState = (typeof CIRCUIT_STATES)[number];

export interface CircuitView {
  state: CircuitState;
  /** Until then no call goes out; null unless it is open. */
  openUntil: Date | null;
}

/** Spares callers the wait for servers that are away, and these the calls of everybody while they come back. */
@Injectable()
export class CircuitBreakers {
  private readonly circuits = new Map<ServerId, Circuit>();

  constructor(metrics: Metrics) {
    metrics.observe(
      {
        name: 'app_mcp_circuits_open',
        help: 'Servers to which no calls go out just now, since they failed again and again.',
      },
      () => [...this.circuits.values()].filter(({ failures }) => failures >= OPENS_AFTER).length,
    );
  }

  stateOf(id: ServerId): CircuitState {
    const circuit = this.circuits.get(id);
    if (!circuit || circuit.failures < OPENS_AFTER) return 'closed';
    return performance.now() < circuit.closedUntil ? 'open' : 'half_open';
  }

  viewOf(id: ServerId, now: Date): CircuitView {
    const state = this.stateOf(id);
    const leftMs = (this.circuits.get(id)?.closedUntil ?? 0) - performance.now();
    return { state, openUntil: state === 'open' ? new Date(now.getTime() + Math.ceil(Math.max(0, leftMs))) : null };
  }

  /** Whether a call may go out, and then has to `leave`; else for how many seconds none may. */
  enter(id: ServerId, place: string): Passage {
    const circuit = this.circuits.get(id);
    if (circuit && circuit.place !== place) this.circuits.delete(id);
    else if (circuit && circuit.failures >= OPENS_AFTER) {
      const leftMs = circuit.closedUntil - performance.now();
      if (leftMs > 0 || circuit.probing) {
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) };
      }
      circuit.probing = true;
      return PROBE;
    }
    return THROUGH;
  }

  /** @param error what came of the call; undefined: the server answered */
  leave(id: ServerId, place: string, error: unknown, { probe } = { probe: false }): void {
    const isAway = error instanceof UpstreamError && saysAway(error);
    const found = this.circuits.get(id);
    const known = found?.place === place ? found : undefined;
    // It went out before the circuit opened, and tells nothing new.
    if (isAway && known && known.failures >= OPENS_AFTER && !probe) return;
    // What was cancelled, or refused before it was sent, says nothing of the server.
    const saysNothing =
      error !== undefined && !isAway && !(error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR');
    if (saysNothing) {
      if (known && probe) known.probing = false;
      return;
    }
    if (!isAway) {
      if (known) this.circuits.delete(id);
      return;
    }
    const failures = (known?.failures ?? 0) + 1;
    const pauseMs = failures > OPENS_AFTER ? Math.min((known?.pauseMs ?? 0) * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.circuits.delete(id);
    this.circuits.set(id, { place, failures, pauseMs, closedUntil: performance.now() + pauseMs, probing: false });
    const [oldest] = this.circuits.keys();
    if (this.circuits.size > MOST_SERVERS && oldest !== undefined) this.circuits.delete(oldest);
  }
}

const saysAway = ({ code, httpStatus, detail }: UpstreamError): boolean =>
  AWAY.has(code) ||
  (httpStatus !== undefined && httpStatus >= 500) ||
  // No connection came about; a deadline, which may be the caller's own, has no such detail.
  (code === 'UPSTREAM_TIMEOUT' && detail !== undefined);
