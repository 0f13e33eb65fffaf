import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { normalIp } from './ip-address.js';
import type { Principal } from './principal.js';

interface Use {
  via: keyof typeof WRITE;
  at: number;
  ip: string;
  /** Epoch milliseconds. */
  storedAt: number;
  isStored: boolean;
}

const LOOK_MS = 1_000;
const STORE_EVERY_MS = 60_000;
const KNOWN_AT_MOST = 10_000;

/** Where it is kept of what; access tokens are not counted, but their refreshing is. */
const WRITE = {
  api_key: `update api_keys used set last_used_at = greatest(used.last_used_at, given.at), last_used_ip = given.ip`,
  cookie: `update refresh_families used set last_used_at = greatest(used.last_used_at, given.at), last_ip = given.ip`,
  oauth: `update client_grants used set last_used_at = greatest(used.last_used_at, given.at), last_used_ip = given.ip`,
} as const;

/**
 * When keys, session cookies and clients were used last, and from where. No request waits for it: each is written at most once a
 * minute.
 */
@Injectable()
export class CredentialUses implements OnApplicationShutdown {
  private readonly uses = new Map<string, Use>();
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();
  private hasEnded = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  note({ via, credentialId }: Principal, ip: string): void {
    if (via === 'access_token') return;
    const at = this.clock.ms();
    const use = this.uses.get(credentialId);
    if (use) {
      use.at = at;
      use.ip = ip;
      use.isStored = false;
    } else this.uses.set(credentialId, { via, at, ip, storedAt: 0, isStored: false });
    if (!use && this.uses.size > KNOWN_AT_MOST) this.forgetOldest();
    this.lookLater();
  }

  async onApplicationShutdown(): Promise<void> {
    this.hasEnded = true;
    clearTimeout(this.timer);
    await this.store(0);
  }

  /** Writes what waits, of those that were written so long ago. */
  private async store(everyMs: number): Promise<void> {
    this.storing = this.storing.then(async () => {
      this.timer = undefined;
      const now = this.clock.ms();
      const due = this.listWaiting().filter(([, use]) => now - use.storedAt >= everyMs);
      for (const via of ['api_key', 'cookie', 'oauth'] as const) {
        const some = due.filter(([, use]) => use.via === via);
        if (some.length > 0) await this.write(via, some, now);
      }
      if (this.listWaiting().length > 0) this.lookLater();
    });
    await this.storing;
  }

  private lookLater(): void {
    if (!this.hasEnded) this.timer ??= setTimeout(() => void this.store(STORE_EVERY_MS), LOOK_MS);
  }

  private listWaiting() {
    return [...this.uses].filter(([, use]) => !use.isStored);
  }

  private async write(via: Use['via'], due: readonly (readonly [string, Use])[], now: number): Promise<void> {
    const rows = due.map(([id, use]) => ({ id, use, at: use.at, ip: use.ip }));
    try {
      await this.database.sql(
        `${WRITE[via]}
         from unnest($1::text[], $2::timestamptz[], $3::text[]) as given (id, at, ip) where used.id = given.id`,
        [rows.map(({ id }) => id), rows.map(({ at }) => new Date(at)), rows.map(({ ip }) => normalIp(ip))],
      );
      for (const { use, at } of rows) Object.assign(use, { storedAt: now, isStored: use.at === at });
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message, waiting: rows.length }, 'uses of credentials not written');
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.uses.keys();
    if (oldest !== undefined) this.uses.delete(oldest);
  }
}
