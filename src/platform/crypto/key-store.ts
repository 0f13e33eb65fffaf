import { createSecretKey } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { AppError } from '../errors/app-error.js';
import type { Hints } from '../hints/hints.js';
import type { Logger } from '../logging/logger.js';
import { firstMaterial, KEY_PURPOSES, type KeyPurpose, type Keyring, type KeyVersion } from './keyring.js';
import type { KeyWrap, WrappedKey } from './key-wrap.js';

export interface StoredKey extends WrappedKey {
  createdAt: Date;
  activatesAt: Date;
  retiresAt: Date | null;
}

interface KeyStoreParts {
  database: Database;
  keyring: Keyring;
  wrap: KeyWrap;
  clock: Clock;
  logger: Logger;
}

/** The hint that a key was added or removed. */
export const KEYS_CHANGED = 'platform.keys_changed';

/** A lost hint is made up for after so long; new keys are published earlier than they are used. */
const LOOK_EVERY_MS = 5_000;
/** Whoever sends tokens with made-up key names costs us one query in so long. */
const LOOK_AGAIN_MS = 1_000;

const COLUMNS = `purpose, version, wrapped, wrapped_by as "wrappedBy", created_at as "createdAt",
  activates_at as "activatesAt", retires_at as "retiresAt"`;

/** Keeps the keyring of this process the same as the table that all processes share. */
export class KeyStore {
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void)[] = [];
  private loading: Promise<void> | undefined;
  private loadedAt = 0;
  /** What was opened once stays open, also when another process has wrapped it with a secret that is new. */
  private opened = new Map<string, Buffer>();

  constructor(private readonly parts: KeyStoreParts) {}

  get database(): Database {
    return this.parts.database;
  }

  /**
   * Makes the first keys where there are none, and wraps with the secret of today what a former one wrapped.
   * @throws AppError SECRET_KEY_UNKNOWN when no secret that we have opens the keys
   */
  async open(secretOfFirstKeys: Uint8Array): Promise<void> {
    const { database, wrap } = this.parts;
    await database.transaction(async () => {
      const keys = await this.list({ locked: true });
      for (const purpose of KEY_PURPOSES) {
        if (keys.some((key) => key.purpose === purpose)) continue;
        await this.insert(wrap.wrap(purpose, 1, firstMaterial(secretOfFirstKeys, purpose)), new Date(0));
      }
      const foreign = keys.filter(({ wrappedBy }) => wrappedBy !== wrap.fingerprint);
      for (const key of foreign) {
        const material = wrap.unwrap(key);
        if (!material) throw secretIsUnknown();
        const { wrapped, wrappedBy } = wrap.wrap(key.purpose, key.version, material);
        await database.sql('update keys set wrapped = $3, wrapped_by = $4 where purpose = $1 and version = $2', [
          key.purpose,
          key.version,
          wrapped,
          wrappedBy,
        ]);
      }
      if (foreign.length > 0) this.parts.logger.info({ keys: foreign.length }, 'keys wrapped with the new secret');
    });
    await this.load();
  }

  /** From now on what other processes change is seen here. */
  follow(hints: Hints): void {
    const look = () => {
      this.load().catch((error: Error) => this.parts.logger.warn({ reason: error.message }, 'keys not read'));
    };
    this.unsubscribe = [hints.subscribe(KEYS_CHANGED, look), hints.subscribeToGaps(look)];
    this.timer = setInterval(look, LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
    for (const unsubscribe of this.unsubscribe) unsubscribe();
  }

  /** By purpose, newest first. `locked`: until the transaction ends nobody else changes keys. */
  async list({ locked = false } = {}): Promise<StoredKey[]> {
    if (locked) await this.parts.database.sql('lock table keys in share row exclusive mode');
    return this.parts.database.sql<StoredKey>(`select ${COLUMNS} from keys order by purpose, version desc`);
  }

  async insert({ purpose, version, wrapped, wrappedBy }: WrappedKey, activatesAt: Date): Promise<void> {
    await this.parts.database.sql(
      `insert into keys (purpose, version, wrapped, wrapped_by, created_at, activates_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [purpose, version, wrapped, wrappedBy, this.parts.clock.now(), activatesAt],
    );
  }

  /** One at a time; who asks meanwhile gets the same answer. */
  load(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async lookAgain(): Promise<void> {
    if (performance.now() - this.loadedAt > LOOK_AGAIN_MS) await this.load();
  }

  private async read(): Promise<void> {
    this.loadedAt = performance.now();
    const keys = new Map<KeyPurpose, KeyVersion[]>();
    const opened = new Map<string, Buffer>();
    for (const stored of await this.list()) {
      const { purpose, version, activatesAt, retiresAt } = stored;
      const name = `${purpose} ${version} ${stored.createdAt.getTime()}`;
      const material = this.opened.get(name) ?? this.parts.wrap.unwrap(stored);
      if (!material) {
        this.parts.logger.warn({ purpose, version }, 'a key is wrapped with a secret that this process does not have');
        continue;
      }
      opened.set(name, material);
      const versions = keys.get(purpose) ?? [];
      versions.push({ version, key: createSecretKey(material), activatesAt, retiresAt });
      keys.set(purpose, versions);
    }
    this.opened = opened;
    if (KEY_PURPOSES.every((purpose) => keys.has(purpose))) {
      this.parts.keyring.install(keys, () => this.lookAgain());
    }
  }
}

const secretIsUnknown = () =>
  new AppError(
    'unavailable',
    'SECRET_KEY_UNKNOWN',
    'The keys in the database were made with another SECRET_KEY. Start with that one; to change it, set the new one as ' +
      'SECRET_KEY and the old one as SECRET_KEY_PREVIOUS. If it is lost, "npm run keys -- replace-lost" makes new keys: ' +
      'everybody signs in again, and the credentials of servers have to be entered again.',
  );
