import { LINK_SECONDS } from '../core/artifacts/artifacts.service.js';
import { TASK_ID_SECONDS } from '../core/gateway/task-ids.service.js';
import type { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import type { KeyLifetimes } from '../platform/crypto/key-rotation.js';
import { KeyStore } from '../platform/crypto/key-store.js';
import { KeyWrap } from '../platform/crypto/key-wrap.js';
import { Keyring } from '../platform/crypto/keyring.js';
import type { KeyParts } from '../platform/crypto/keys.module.js';
import type { Database } from '../platform/database/database.js';
import type { Logger } from '../platform/logging/logger.js';
import { PLATFORM_ACCESS_SECONDS } from '../surfaces/platform/access-seconds.js';
import { readFormerSecrets, readSecret } from './secret.js';

export interface OpenKeys extends KeyParts {
  keyring: Keyring;
}

interface OpenKeysParts {
  config: Config;
  database: Database;
  clock: Clock;
  logger: Logger;
  /** Beyond those that the settings name, e.g. of a backup. */
  former?: readonly Uint8Array[];
}

/** The instance's keys without a look at the database: who opens them calls `open` of the store. */
export async function prepareKeys({ config, database, clock, logger, former = [] }: OpenKeysParts) {
  const secret = await readSecret(config.dataDirectory, config.secretKey);
  const others = [...(await readFormerSecrets(config)), ...former];
  const wrap = new KeyWrap(secret, others);
  const keyring = new Keyring(secret, clock);
  const store = new KeyStore({ database, keyring, wrap, clock, logger });
  // Before there was a table of keys they came from the one secret of that time.
  const oldest = config.formerSecretKeys.at(-1);
  return {
    keyring,
    store,
    wrap,
    lifetimes: lifetimesOf(config),
    secretOfFirstKeys: oldest ? Buffer.from(oldest) : secret,
  };
}

/** @throws AppError SECRET_KEY_UNKNOWN */
export async function openKeys(parts: OpenKeysParts): Promise<OpenKeys> {
  const { secretOfFirstKeys, ...keys } = await prepareKeys(parts);
  await keys.store.open(secretOfFirstKeys);
  return keys;
}

const lifetimesOf = ({ tokens, oneTimeCodes }: Config): KeyLifetimes => ({
  'access-tokens': Math.max(tokens.accessSeconds, PLATFORM_ACCESS_SECONDS),
  'artifact-links': LINK_SECONDS,
  'one-time-codes': oneTimeCodes.lifetimeSeconds,
  'refresh-tokens': tokens.refreshSeconds,
  'task-ids': TASK_ID_SECONDS,
  'stored-secrets': oneTimeCodes.lifetimeSeconds,
});
