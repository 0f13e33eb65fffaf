/** What one process holds at most, and how long it waits. */
export interface Limits {
  maxBodyBytes: number;
  /** Messages in a batch (2025-03-26). */
  maxBatch: number;
  /** A reader that leaves more unread is let go. */
  maxUnreadBytes: number;
  /** Of each stream, for those who come back. */
  maxKeptEvents: number;
  maxKeptBytes: number;
  /** Of all streams together. */
  maxKeptBytesOfAll: number;
  /** How long a stream is kept after its end, or after its reader has left. */
  keepStreamMs: number;
  /** What clients are told to wait before they come back. */
  retryMs: number;
  /** Streams open with something after so much silence. */
  keepAliveMs: number;
  /** An answer that takes longer becomes a stream, so that nobody in between takes it for dead. */
  streamAfterMs: number;
  questionTimeoutMs: number;
  maxOpenQuestions: number;
  /** Streams of one session by GET, and of one key by subscriptions/listen; the oldest goes. */
  maxListenersOfSession: number;
  maxListenersOfKey: number;
  /** Addresses of resources that one session, or one stream, hears of. */
  maxSubscriptions: number;
  maxCachedSessions: number;
  /** How long a session is taken for living without looking again. */
  sessionCacheMs: number;
  /** How exactly the last use of a session is told. */
  touchEveryMs: number;
  /** How long a sealed state is taken back. */
  stateLifetimeMs: number;
  /** How long another process may take to say whether it has a stream. */
  courierTimeoutMs: number;
  /** How often is looked at what has become too old. */
  pulseMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const LIMITS: Limits = {
  maxBodyBytes: MIB,
  maxBatch: 32,
  maxUnreadBytes: MIB,
  maxKeptEvents: 256,
  maxKeptBytes: MIB,
  maxKeptBytesOfAll: 64 * MIB,
  keepStreamMs: MINUTE,
  retryMs: SECOND,
  keepAliveMs: 15 * SECOND,
  streamAfterMs: 10 * SECOND,
  questionTimeoutMs: 10 * MINUTE,
  maxOpenQuestions: 10_000,
  maxListenersOfSession: 8,
  maxListenersOfKey: 2_000,
  maxSubscriptions: 256,
  maxCachedSessions: 20_000,
  sessionCacheMs: MINUTE,
  touchEveryMs: MINUTE,
  stateLifetimeMs: 15 * MINUTE,
  courierTimeoutMs: 2 * SECOND,
  pulseMs: 2 * SECOND,
};
