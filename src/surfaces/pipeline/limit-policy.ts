import { AppError } from '../../platform/errors/app-error.js';

/** What a limit counts, by its name in headers and in errors. */
const MESSAGES = {
  auth: 'Too many requests for signing in from this address. Wait a moment.',
  registration: 'Too many clients register from this address. Wait a moment.',
  general: 'Too many requests from this address. Wait a moment.',
  user: 'Too many requests of this user. Wait a moment.',
  key: 'Too many requests with this key. Wait a moment.',
  client: 'Too many requests of this client. Wait a moment.',
  clients: 'Too many requests of clients from this address. Wait a moment.',
  day: 'The requests that the plan of this organization has for a day are used up. They begin anew at midnight UTC.',
};
export type LimitName = keyof typeof MESSAGES;

export interface LimitPolicy {
  name: LimitName;
  limit: number;
  /** As an item of `RateLimit-Policy`. */
  item: string;
}

export const policyOf = (name: LimitName, limit: number, windowSeconds: number): LimitPolicy => ({
  name,
  limit,
  item: `"${name}";q=${limit};w=${windowSeconds}`,
});

/** What one request took of a limit. */
export interface Taken {
  policy: LimitPolicy;
  remaining: number;
  /** Epoch milliseconds. */
  resetsAt: number;
  allowed: boolean;
}

const seconds = (ms: number): number => Math.ceil(ms / 1_000);
const secondsUntil = (at: number, now: number): number => Math.max(0, seconds(at - now));

/**
 * `X-RateLimit-*` of the limit that is nearest to its end, the reset in Unix seconds; and of all of them the fields of the
 * IETF: draft-ietf-httpapi-ratelimit-headers-11, 3 and 4, two Lists of Items (RFC 9651, 3.1).
 */
export function limitHeaders(taken: readonly [Taken, ...Taken[]], now: number): Record<string, string> {
  let nearest = taken[0];
  for (const one of taken) if (isNearer(one, nearest)) nearest = one;
  return {
    'x-ratelimit-limit': String(nearest.policy.limit),
    'x-ratelimit-remaining': String(nearest.remaining),
    'x-ratelimit-reset': String(seconds(nearest.resetsAt)),
    ...standardLimitHeaders(taken, now),
  };
}

/** Those of the IETF alone. */
export function standardLimitHeaders(taken: readonly Taken[], now: number): Record<string, string> {
  let policies = '';
  let states = '';
  // There is a set of these for each answer.
  for (const one of taken) {
    const { policy, remaining, resetsAt } = one;
    const comma = policies === '' ? '' : ', ';
    policies += comma + policy.item;
    states += `${comma}"${policy.name}";r=${remaining};t=${secondsUntil(resetsAt, now)}`;
  }
  return { 'ratelimit-policy': policies, ratelimit: states };
}

/** One that refuses comes first, then the one that leaves fewer requests. */
const isNearer = (one: Taken, other: Taken): boolean =>
  one.allowed === other.allowed ? one.remaining < other.remaining : !one.allowed;

export const tooManyRequests = ({ policy, resetsAt }: Taken, now: number) =>
  new AppError('rate_limited', 'RATE_LIMITED', MESSAGES[policy.name], {
    retryAfterSeconds: Math.max(1, secondsUntil(resetsAt, now)),
    details: { limit: policy.name },
  });
