import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DailyRequests } from '../../core/identity/daily-requests.service.js';
import { callerNetwork } from '../../core/identity/ip-address.js';
import type { Principal } from '../../core/identity/principal.js';
import { Clock } from '../../platform/clock.js';
import { type Soon, whenHere } from '@app/soon';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { limitHeaders, policyOf, standardLimitHeaders, type Taken, tooManyRequests } from './limit-policy.js';
import { RateLimits } from './rate-limits.js';
import type { RateLimitClass, Surface } from './surface.js';

const DAY_SECONDS = 86_400;

/** On the request itself: a table keyed by requests costs the collector more than what it saves. */
const COUNTED = Symbol('counted');

type Request = HttpRequest & { [COUNTED]?: Counted };

interface Counted {
  reply: HttpReply;
  taken: Taken[];
  /** Known once it is known who asks. */
  surface: Surface | undefined;
}

/** All limits of one request: first those of the address, then, once it is known who asks, theirs. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly daily: DailyRequests,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns a promise only where the count is elsewhere
   * @throws 429; 503 for sign-in that nobody counts
   */
  countAddress(request: Request, reply: HttpReply, kind: RateLimitClass): Soon<void> {
    const counted: Counted = { reply, taken: [], surface: undefined };
    request[COUNTED] = counted;
    if (kind === 'none' || kind === 'clients') return;
    return whenHere(this.limits.take(kind, callerNetwork(request.ip)), (taken) => this.note(counted, taken));
  }

  /**
   * One that names itself, at its address; then all clients there: what is refused to one is not taken from the others.
   * @throws 429
   */
  countClient(request: Request, clientId: string): Soon<void> {
    const counted = request[COUNTED];
    if (!counted) return;
    const address = callerNetwork(request.ip);
    const client = createHash('sha256').update(clientId).digest('base64url');
    return whenHere(this.limits.take('client_at_address', `${address} ${client}`), (one) => {
      this.note(counted, one);
      return whenHere(this.limits.take('clients_at_address', address), (all) => this.note(counted, all));
    });
  }

  /** Writes the headers, once all that count were asked: for who asks without a credential, for who was counted, for an error. */
  tell(request: Request): void {
    const { reply, taken, surface } = request[COUNTED] ?? {};
    if (!reply || !taken || taken.length === 0) return;
    const now = this.clock.ms();
    if (surface?.answers === 'data') reply.headers(standardLimitHeaders(taken, now));
    else reply.headers(limitHeaders(taken as [Taken, ...Taken[]], now));
  }

  /** A key is counted as a key, and a client as a client, whoever they act for. Programs count for the day of their organization, too. @throws 429 */
  countPrincipal(request: Request, surface: Surface, principal: Principal): Soon<void> {
    const counted = request[COUNTED];
    if (!counted) return;
    counted.surface = surface;
    const { via, credentialId, userId } = principal;
    const isKey = via === 'api_key';
    const kind = isKey ? 'key' : via === 'oauth' ? 'client' : 'user';
    const minute = this.limits.take(kind, kind === 'user' ? userId : credentialId);
    return whenHere(minute, (taken) => {
      this.note(counted, taken);
      if (isKey || surface.callers === 'programs') return this.countDay(counted, principal);
    });
  }

  private countDay(counted: Counted, { organizationId }: Principal): Soon<void> {
    return whenHere(this.daily.take(organizationId), (quota) => {
      if (quota) this.note(counted, { ...quota, policy: policyOf('day', quota.limit, DAY_SECONDS) });
    });
  }

  private note({ taken }: Counted, one: Taken | undefined): void {
    if (!one) return;
    taken.push(one);
    if (!one.allowed) throw tooManyRequests(one, this.clock.ms());
  }
}
