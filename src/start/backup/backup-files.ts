import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../platform/config/config.js';

/** A time that sorts and fits a file name: 2026-11-21T10-05-00Z. */
export const timeInName = (): string => new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

export const backupFolder = ({ backups, dataDirectory }: Config): string =>
  backups.folder ?? join(dataDirectory, 'backups');

const SCHEDULED = /^nightly-[0-9TZ-]+\.tar\.gz$/;

export const scheduledName = (): string => `nightly-${timeInName()}.tar.gz`;

/** Removes the oldest of the scheduled backups; those of people and restore points stay. @returns how many */
export async function removeOldBackups(folder: string, keep: number): Promise<number> {
  const names = (await readdir(folder)).filter((name) => SCHEDULED.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(folder, name), { force: true });
  return old.length;
}
