import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Hints } from '../hints/hints.js';
import { KEY_GROUPS, type KeyGroup, type KeyPurpose } from './keyring.js';
import { KEYS_CHANGED, type KeyStore, type StoredKey } from './key-store.js';
import type { KeyWrap } from './key-wrap.js';

/**
 * Seconds that what a key made counts at the longest. Stored secrets are sealed anew instead; for them it is how long
 * one may be on its way, in a job.
 */
export type KeyLifetimes = Readonly<Record<KeyPurpose, number>>;

interface KeyRotationParts {
  store: KeyStore;
  wrap: KeyWrap;
  clock: Clock;
  lifetimes: KeyLifetimes;
  hints?: Hints;
  /** Between publication and first use. */
  leadMs?: number;
}

/** Four looks of a process that hears no hints. */
export const KEY_LEAD_MS = 20_000;
/** For clocks that differ, and what was made in the last moment. */
const SLACK_MS = 60_000;

/** Makes new versions of keys, and removes those that nothing needs any more. */
export class KeyRotation {
  constructor(private readonly parts: KeyRotationParts) {}

  get wrappedBy(): string {
    return this.parts.wrap.fingerprint;
  }

  /** New versions, used from the returned time on; what the old ones made counts for its lifetime. */
  async rotate(groups: readonly KeyGroup[]): Promise<Date> {
    return this.change(async (keys) => {
      const now = this.parts.clock.now();
      const activatesAt = new Date(now.getTime() + (this.parts.leadMs ?? KEY_LEAD_MS));
      for (const purpose of groups.flatMap((group) => KEY_GROUPS[group])) await this.add(purpose, keys, activatesAt);
      return activatesAt;
    });
  }

  /** Rotates the groups whose newest key is older than so many days. @returns what it rotated */
  async rotateOld(days: number): Promise<KeyGroup[]> {
    return this.change(async (keys) => {
      const now = this.parts.clock.ms();
      const isOld = (purpose: KeyPurpose) => {
        const newest = keys.find((key) => key.purpose === purpose);
        return newest !== undefined && now - newest.createdAt.getTime() > days * 86_400_000;
      };
      const groups = (Object.keys(KEY_GROUPS) as KeyGroup[]).filter((group) => KEY_GROUPS[group].some(isOld));
      const activatesAt = new Date(now + (this.parts.leadMs ?? KEY_LEAD_MS));
      for (const purpose of groups.flatMap((group) => KEY_GROUPS[group])) await this.add(purpose, keys, activatesAt);
      return groups;
    });
  }

  /** For a secret that is lost: keys that nobody can open make way for new ones. @returns how many were given up */
  async replaceLost(): Promise<number> {
    return this.change(async (keys) => {
      const lost = keys.filter((key) => this.parts.wrap.unwrap(key) === undefined);
      const now = this.parts.clock.now();
      for (const purpose of new Set(lost.map((key) => key.purpose))) await this.add(purpose, keys, now);
      for (const { purpose, version } of lost) await this.remove(purpose, version);
      return lost.length;
    });
  }

  /** Versions of stored secrets before the one in use that have no end yet, oldest first. */
  async superseded(): Promise<StoredKey[]> {
    const now = this.parts.clock.now();
    const keys = (await this.parts.store.list()).filter(({ purpose }) => isSealing(purpose));
    const active = keys.find(({ activatesAt }) => activatesAt <= now);
    return keys.filter(({ version }) => active !== undefined && version < active.version).toReversed();
  }

  /** Nothing in the database is sealed with these versions: they end after what is on its way has ended. */
  async retire(versions: readonly number[]): Promise<void> {
    if (versions.length === 0) return;
    await this.change(async (keys) => {
      const now = this.parts.clock.ms();
      const active = keys.find(({ purpose, activatesAt }) => isSealing(purpose) && activatesAt.getTime() <= now);
      // A process whose clock is behind may still seal with the one before.
      if (!active || now - active.activatesAt.getTime() < SLACK_MS) return;
      const at = new Date(now + this.parts.lifetimes['stored-secrets'] * 1_000 + SLACK_MS);
      await this.parts.store.database.sql(
        `update keys set retires_at = $2
         where purpose = 'stored-secrets' and version = any($1::int[]) and retires_at is null`,
        [versions, at],
      );
    });
  }

  /** @param spared versions of stored secrets that are in use all the same */
  async removeRetired(spared: readonly number[]): Promise<number> {
    return this.change(async (keys) => {
      const now = this.parts.clock.now();
      const ended = keys.filter(({ retiresAt, version, purpose }) => {
        const inUse = isSealing(purpose) && spared.includes(version);
        return retiresAt !== null && retiresAt <= now && !inUse;
      });
      for (const { purpose, version } of ended) await this.remove(purpose, version);
      return ended.length;
    });
  }

  private async add(purpose: KeyPurpose, keys: readonly StoredKey[], activatesAt: Date): Promise<void> {
    const { store, wrap, lifetimes } = this.parts;
    const newest = keys.find((key) => key.purpose === purpose)?.version ?? 0;
    await store.insert(wrap.wrap(purpose, newest + 1, randomBytes(32)), activatesAt);
    if (isSealing(purpose)) return;
    const retiresAt = new Date(activatesAt.getTime() + lifetimes[purpose] * 1_000 + SLACK_MS);
    await store.database.sql(
      'update keys set retires_at = $3 where purpose = $1 and version <= $2 and retires_at is null',
      [purpose, newest, retiresAt],
    );
  }

  private async remove(purpose: KeyPurpose, version: number): Promise<void> {
    await this.parts.store.database.sql('delete from keys where purpose = $1 and version = $2', [purpose, version]);
  }

  private async change<T>(work: (keys: StoredKey[]) => Promise<T>): Promise<T> {
    const { store, hints } = this.parts;
    const result = await store.database.transaction(async () => work(await store.list({ locked: true })));
    await store.load();
    hints?.publish(KEYS_CHANGED);
    return result;
  }
}

const isSealing = (purpose: KeyPurpose) => purpose === 'stored-secrets';
