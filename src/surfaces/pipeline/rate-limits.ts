import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { callerNetwork } from '../../core/identity/ip-address.js';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { CONFIG } from '../../platform/tokens.js';
import type { RateLimitClass } from './surface.js';

const WINDOW_SECONDS = 60;

interface Taken {
  limit: number;
  remaining: number;
  /** Until the window ends. */
  resetMs: number;
  allowed: boolean;
}

/** Requests a minute and caller, counted in this process. */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<RateLimitClass, RateLimiterMemory | undefined>;

  constructor(@Inject(CONFIG) { rateLimits }: Config) {
    this.limiters = {
      auth: limiter(rateLimits.authPerMinute),
      general: limiter(rateLimits.perMinute),
      none: undefined,
    };
  }

  /** @returns undefined when nothing is counted here */
  async take(kind: RateLimitClass, ip: string): Promise<Taken | undefined> {
    const limiter = this.limiters[kind];
    if (!limiter) return undefined;
    try {
      return toTaken(limiter.points, await limiter.consume(callerNetwork(ip)), true);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return toTaken(limiter.points, refused, false);
    }
  }
}

const limiter = (points: number) =>
  points > 0 ? new RateLimiterMemory({ points, duration: WINDOW_SECONDS }) : undefined;

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
