import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { callerNetwork } from '../../core/identity/ip-address.js';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { RedisLink } from '../../platform/redis/redis-link.js';
import { CONFIG, REDIS } from '../../platform/tokens.js';
import type { RateLimitClass } from './surface.js';

const WINDOW_SECONDS = 60;
const RETRY_AFTER_SECONDS = 2;

interface Taken {
  limit: number;
  remaining: number;
  /** Until the window ends. */
  resetMs: number;
  allowed: boolean;
}

/** What counts one class of requests: this process alone, and all together where there is a Redis. */
interface Limiter {
  own: RateLimiterMemory;
  shared: RateLimiterRedis | undefined;
}

/**
 * Requests a minute and caller. Without an answer of Redis each process counts for itself, but for sign-in: there a limit
 * that can be got round by waiting for an outage protects no code, so nobody gets in.
 */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<RateLimitClass, Limiter | undefined>;

  constructor(
    @Inject(CONFIG) { rateLimits, redis }: Config,
    @Inject(REDIS) private readonly link: RedisLink | null,
  ) {
    const open = (kind: RateLimitClass, points: number): Limiter | undefined => {
      if (points === 0) return undefined;
      const options = { points, duration: WINDOW_SECONDS };
      const shared = link && { ...options, storeClient: link.client, keyPrefix: `${redis.prefix}:rate:${kind}` };
      return { own: new RateLimiterMemory(options), shared: shared ? new RateLimiterRedis(shared) : undefined };
    };
    this.limiters = {
      auth: open('auth', rateLimits.authPerMinute),
      general: open('general', rateLimits.perMinute),
      none: undefined,
    };
  }

  /**
   * @returns undefined when nothing is counted here
   * @throws 503 for sign-in while Redis, which counts it, is away
   */
  async take(kind: RateLimitClass, ip: string): Promise<Taken | undefined> {
    const limiter = this.limiters[kind];
    if (!limiter) return undefined;
    const caller = callerNetwork(ip);
    if (!limiter.shared) return consume(limiter.own, caller);
    const shared = await this.takeShared(limiter.shared, caller);
    if (shared) return shared;
    if (kind === 'auth') throw signInIsNotCounted();
    return consume(limiter.own, caller);
  }

  /** Undefined when Redis does not count. */
  private async takeShared(limiter: RateLimiterRedis, caller: string): Promise<Taken | undefined> {
    if (!this.link?.isUp) return undefined;
    try {
      return await consume(limiter, caller);
    } catch (error) {
      this.link.failed(error as Error);
      return undefined;
    }
  }
}

async function consume(limiter: RateLimiterMemory | RateLimiterRedis, caller: string): Promise<Taken> {
  try {
    return toTaken(limiter.points, await limiter.consume(caller), true);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return toTaken(limiter.points, refused, false);
  }
}

const toTaken = (limit: number, { remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): Taken => ({
  limit,
  remaining: Math.max(0, remainingPoints),
  resetMs: Math.max(0, msBeforeNext),
  allowed,
});

/** `X-RateLimit-*` with the reset in Unix seconds, and the fields of the IETF draft (httpapi-ratelimit-headers). */
export function rateLimitHeaders(kind: RateLimitClass, { limit, remaining, resetMs }: Taken, now: Date) {
  const seconds = Math.ceil(resetMs / 1_000);
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil((now.getTime() + resetMs) / 1_000)),
    'ratelimit-policy': `"${kind}";q=${limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"${kind}";r=${remaining};t=${seconds}`,
  };
}

export const tooManyRequests = ({ resetMs }: Taken) =>
  new AppError('rate_limited', 'RATE_LIMITED', 'Too many requests from this address. Wait a moment.', {
    retryAfterSeconds: Math.max(1, Math.ceil(resetMs / 1_000)),
  });

const signInIsNotCounted = () =>
  new AppError('unavailable', 'SIGN_IN_UNAVAILABLE', 'Sign-in is closed for a moment. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
