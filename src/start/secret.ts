import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../platform/config/config.js';
import { makeFolder } from './folders.js';

/**
 * The instance's secret: the given one, or the one kept in the data folder, made at the first start.
 * Two processes that start at once get the same one.
 */
export async function readSecret(dataDirectory: string, given: string | undefined): Promise<Uint8Array> {
  if (given !== undefined) return Buffer.from(given, 'utf8');
  const folder = join(dataDirectory, 'secrets');
  const file = join(folder, 'instance.key');
  await makeFolder(folder, 0o700, 'DATA_DIR');
  const kept = await readIfThere(file);
  if (kept !== undefined) return decode(kept, file);

  const fresh = join(folder, `instance.key.${process.pid}`);
  await writeFile(fresh, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true });
  // Unlike rename, link refuses to replace what another process has made meanwhile.
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh);
  return decode(await readFile(file, 'utf8'), file);
}

/**
 * Secrets that keys may still be wrapped with: the former ones of the settings and, where a secret is given, the one
 * that the data folder kept before.
 */
export async function readFormerSecrets({ dataDirectory, secretKey, formerSecretKeys }: Config): Promise<Uint8Array[]> {
  const former = formerSecretKeys.map((text) => Buffer.from(text, 'utf8'));
  if (secretKey === undefined) return former;
  const file = join(dataDirectory, 'secrets', 'instance.key');
  const kept = await readIfThere(file);
  return kept === undefined ? former : [...former, decode(kept, file)];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    await chmod(file, 0o600);
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function decode(text: string, file: string): Uint8Array {
  const secret = Buffer.from(text.trim(), 'base64url');
  if (secret.byteLength < 32) throw new Error(`${file} does not hold a secret. Restore it from a backup.`);
  return secret;
}
