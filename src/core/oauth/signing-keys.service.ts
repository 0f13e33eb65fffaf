import type { KeyObject } from 'node:crypto';
import { Injectable, Optional, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Keyring } from '../../platform/crypto/keyring.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { Logger } from '../../platform/logging/logger.js';
import { newKeyPair, type SigningKey } from './signing-key.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { MAX_ACCESS_SECONDS } from './token-lifetimes.js';

/** Between publication and first use: caches of the key set are no older. */
export const SIGNING_KEY_LEAD_MS = 10 * 60_000;
/** For clocks that differ. */
const SLACK_MS = 60_000;
/** Far below the lead, so that a process which hears no hints knows a key before it signs. */
const FRESH_MS = 60_000;
/** Whoever sends tokens with made-up key names costs us one query in so long. */
const LOOK_AGAIN_MS = 1_000;

const KEYS_CHANGED = 'oauth.signing_keys_changed';

interface CommandParts {
  database: Database;
  keyring: Keyring;
  clock: Clock;
  logger: Logger;
}

/** The RSA keys that sign access tokens: published before they sign, kept until what they signed is over. */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private known: { keys: readonly SigningKey[]; readAt: number } | undefined;
  private reading: Promise<readonly SigningKey[]> | undefined;
  private forget: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeysRepository,
    private readonly clock: Clock,
    /** Absent in a command, which is no process that others hear. */
    @Optional() private readonly hints?: Hints,
  ) {}

  /** For a command. */
  static withoutHints({ database, keyring, clock, logger }: CommandParts): SigningKeys {
    const repository = new SigningKeysRepository(database, new SecretBox(keyring), logger);
    return new SigningKeys(database, repository, clock);
  }

  onApplicationBootstrap(): void {
    const drop = () => {
      this.known = undefined;
    };
    if (this.hints) this.forget = [this.hints.subscribe(KEYS_CHANGED, drop), this.hints.subscribeToGaps(drop)];
  }

  onApplicationShutdown(): void {
    for (const forget of this.forget) forget();
  }

  /** Those that count, the newest first; makes the first one where there is none. */
  async live(): Promise<readonly SigningKey[]> {
    const now = performance.now();
    if (this.known && now - this.known.readAt < FRESH_MS) return this.known.keys;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** What new tokens are signed with. */
  activeOf(keys: readonly SigningKey[]): SigningKey | undefined {
    const now = this.clock.now();
    return keys.find(({ activatesAt }) => activatesAt <= now) ?? keys.at(-1);
  }

  /** Without a query while it is known. */
  async findPublic(kid: string): Promise<KeyObject | undefined> {
    const find = (keys: readonly SigningKey[]) => keys.find((key) => key.kid === kid);
    const found = find(await this.live());
    if (found) return found.retiresAt && found.retiresAt <= this.clock.now() ? undefined : found.publicKey;
    if (this.known && performance.now() - this.known.readAt > LOOK_AGAIN_MS) this.known = undefined;
    return find(await this.live())?.publicKey;
  }

  /** A new key, which signs once everybody can have read it. @returns from when on */
  async rotate(): Promise<Date> {
    const now = this.clock.now();
    const activatesAt = new Date(now.getTime() + SIGNING_KEY_LEAD_MS);
    const pair = await newKeyPair();
    await this.database.transaction(async () => {
      await this.repository.lock();
      await this.repository.add(pair, now, activatesAt);
      await this.repository.retireOthers(
        pair.kid,
        new Date(activatesAt.getTime() + MAX_ACCESS_SECONDS * 1_000 + SLACK_MS),
      );
    });
    this.tell();
    return activatesAt;
  }

  private async read(): Promise<readonly SigningKey[]> {
    const readAt = performance.now();
    const found = await this.repository.listLive(this.clock.now());
    const keys = found.length > 0 ? found : await this.makeFirst();
    this.known = { keys, readAt };
    return keys;
  }

  private async makeFirst(): Promise<readonly SigningKey[]> {
    const now = this.clock.now();
    const pair = await newKeyPair();
    const made = await this.database.transaction(async () => {
      await this.repository.lock();
      const meanwhile = await this.repository.listLive(now);
      if (meanwhile.length > 0) return meanwhile;
      await this.repository.add(pair, now, now);
      return this.repository.listLive(now);
    });
    this.hints?.publish(KEYS_CHANGED);
    return made;
  }

  private tell(): void {
    this.known = undefined;
    this.hints?.publish(KEYS_CHANGED);
  }
}
