import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Hints } from '../../platform/hints/hints.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { concernedBy, IDENTITY_CHANGED } from '../identity/identity-changes.js';
import { IdentityService } from '../identity/identity.service.js';
import { LOCAL_CREDENTIAL } from '../identity/local-caller.service.js';
import { hasExpired, type Principal } from '../identity/principal.js';

interface Present {
  principal: Principal;
  requests: number;
}

/** How long the end of a credential may go unheard: its hint may be lost. */
const LOOK_MS = 3_000;

/** Who has something open at the gateway, for as long as they have the right to it. */
@Injectable()
export class GatewayPresence implements OnModuleDestroy {
  private readonly present = new Map<string, Present>();
  private readonly timer: NodeJS.Timeout;
  private readonly unsubscribe: () => void;
  private dismiss: (keys: ReadonlySet<string>) => void = () => undefined;

  constructor(
    private readonly identity: IdentityService,
    private readonly clock: Clock,
    hints: Hints,
    metrics: Metrics,
  ) {
    metrics.observe(
      { name: 'app_gateway_callers', help: 'Credentials with a request or a stream open at the MCP gateway.' },
      () => this.present.size,
    );
    this.timer = setInterval(() => void this.look(() => true), LOOK_MS);
    this.timer.unref();
    this.unsubscribe = hints.subscribe(IDENTITY_CHANGED, (data) => void this.look(concernedBy(data)));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.unsubscribe();
  }

  /** Has the one listener told whose rights have ended. */
  onEnded(dismiss: (keys: ReadonlySet<string>) => void): void {
    this.dismiss = dismiss;
  }

  /** A request of theirs begins. */
  enter(key: string, principal: Principal): void {
    const known = this.present.get(key);
    if (known) {
      known.principal = principal;
      known.requests += 1;
    } else this.present.set(key, { principal, requests: 1 });
  }

  /** It has ended, and so has what it held open. */
  leave(key: string): void {
    const known = this.present.get(key);
    if (known && (known.requests -= 1) === 0) this.present.delete(key);
  }

  private async look(isMeant: (principal: Principal) => boolean): Promise<void> {
    const meant = [...this.present].filter(
      ([, { principal }]) => principal.credentialId !== LOCAL_CREDENTIAL && isMeant(principal),
    );
    if (meant.length === 0) return;
    const principals = meant.map(([, { principal }]) => principal);
    // Without an answer the next look tells.
    const outdated = await this.identity.listOutdated(principals).catch(() => new Set<Principal>());
    const now = this.clock.now();
    const ended = meant.filter(([, { principal }]) => outdated.has(principal) || hasExpired(principal, now));
    if (ended.length > 0) this.dismiss(new Set(ended.map(([key]) => key)));
  }
}
