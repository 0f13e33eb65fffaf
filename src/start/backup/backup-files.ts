import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../platform/config/config.js';

/** A time that sorts and fits a file name: 2026-11-21T10-05-00-123Z. No two backups of a second get one name. */
export const timeInName = (time = new Date()): string => time.toISOString().replace(/[:.]/g, '-');

export const backupFolder = ({ backups, dataDirectory }: Config): string =>
  backups.folder ?? join(dataDirectory, 'backups');

const SCHEDULED = /^nightly-[0-9TZ-]+\.tar\.gz$/;
const HALF_WRITTEN = /^nightly-[0-9TZ-]+\.tar\.gz\.\d+\.partial$/;
/** Nothing was added for so long: whoever wrote it is gone. */
const ABANDONED_MS = 2 * 3_600_000;

export const scheduledName = (): string => `nightly-${timeInName()}.tar.gz`;

/** Removes the oldest of the scheduled backups; those of people and restore points stay. @returns how many */
export async function removeOldBackups(folder: string, keep: number): Promise<number> {
  const names = (await readdir(folder)).filter((name) => SCHEDULED.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(folder, name), { force: true });
  return old.length;
}

/** Removes what processes that were killed left of scheduled backups: it would fill the disk in the end. */
export async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((found) => HALF_WRITTEN.test(found))) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file && Date.now() - file.mtimeMs > ABANDONED_MS) await rm(join(folder, name), { force: true });
  }
}
