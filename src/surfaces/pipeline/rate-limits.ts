import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { RedisLink } from '../../platform/redis/redis-link.js';
import { CONFIG, REDIS } from '../../platform/tokens.js';
import { FixedWindows } from './fixed-windows.js';
import { type LimitName, type LimitPolicy, policyOf, type Taken } from './limit-policy.js';

const WINDOW_SECONDS = 60;
const RETRY_AFTER_SECONDS = 2;

/**
 * What is counted a minute: an address at the sign-in routes, where clients register, and at all others; a person, a key, what
 * a client was given. At the authorization server a client at an address, and all clients there.
 */
export type MinuteLimit =
  'auth' | 'registration' | 'general' | 'user' | 'key' | 'client' | 'client_at_address' | 'clients_at_address';

/** Behind one address are many people, who have the same few clients. */
const CLIENTS_AT_ONE_ADDRESS = 5;

/** What counts one kind: this process alone, and all together where there is a Redis. */
interface Limiter {
  policy: LimitPolicy;
  own: FixedWindows;
  shared: RateLimiterRedis | undefined;
}

/**
 * Requests a minute. Without an answer of Redis each process counts for itself, but for sign-in: there a limit that can be
 * got round by waiting for an outage protects no code, so nobody gets in.
 */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<MinuteLimit, Limiter | undefined>;

  constructor(
    @Inject(CONFIG) { rateLimits, redis }: Config,
    @Inject(REDIS) private readonly link: RedisLink | null,
    private readonly clock: Clock,
  ) {
    const open = (name: MinuteLimit, limit: number, told: LimitName): Limiter | undefined => {
      if (limit === 0) return undefined;
      const shared = link && {
        points: limit,
        duration: WINDOW_SECONDS,
        storeClient: link.client,
        keyPrefix: `${redis.prefix}:rate:${name}`,
      };
      return {
        policy: policyOf(told, limit, WINDOW_SECONDS),
        own: new FixedWindows(WINDOW_SECONDS * 1_000),
        shared: shared ? new RateLimiterRedis(shared) : undefined,
      };
    };
    const { authPerMinute, perMinute, keyPerMinute } = rateLimits;
    this.limiters = {
      auth: open('auth', authPerMinute, 'auth'),
      registration: open('registration', authPerMinute, 'registration'),
      general: open('general', perMinute, 'general'),
      user: open('user', rateLimits.userPerMinute, 'user'),
      key: open('key', keyPerMinute, 'key'),
      client: open('client', keyPerMinute, 'client'),
      client_at_address: open('client_at_address', perMinute, 'client'),
      clients_at_address: open('clients_at_address', perMinute * CLIENTS_AT_ONE_ADDRESS, 'clients'),
    };
  }

  /**
   * @returns undefined where there is no limit; a promise where Redis counts
   * @throws 503 for sign-in while Redis, which counts it, is away
   */
  take(name: MinuteLimit, caller: string): Taken | undefined | Promise<Taken> {
    const limiter = this.limiters[name];
    if (!limiter) return undefined;
    if (!limiter.shared) return this.takeOwn(limiter, caller);
    return this.takeShared(limiter, limiter.shared, caller);
  }

  private takeOwn({ policy, own }: Limiter, caller: string): Taken {
    const { used, endsAt } = own.take(caller, this.clock.ms());
    return { policy, remaining: Math.max(0, policy.limit - used), resetsAt: endsAt, allowed: used <= policy.limit };
  }

  private async takeShared(limiter: Limiter, shared: RateLimiterRedis, caller: string): Promise<Taken> {
    const taken = this.link?.isUp ? await this.ask(limiter.policy, shared, caller) : undefined;
    if (taken) return taken;
    if (limiter.policy.name === 'auth') throw signInIsNotCounted();
    return this.takeOwn(limiter, caller);
  }

  /** Undefined when Redis does not count. */
  private async ask(policy: LimitPolicy, shared: RateLimiterRedis, caller: string): Promise<Taken | undefined> {
    try {
      return this.toTaken(policy, await shared.consume(caller), true);
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return this.toTaken(policy, refused, false);
      this.link?.failed(refused as Error);
      return undefined;
    }
  }

  private toTaken(policy: LimitPolicy, { remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): Taken {
    const resetsAt = this.clock.ms() + Math.max(0, msBeforeNext);
    return { policy, remaining: Math.max(0, remainingPoints), resetsAt, allowed };
  }
}

const signInIsNotCounted = () =>
  new AppError('unavailable', 'SIGN_IN_UNAVAILABLE', 'Sign-in is closed for a moment. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
