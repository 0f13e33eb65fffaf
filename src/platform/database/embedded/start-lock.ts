import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startIsLocked } from './embedded.errors.js';
import { findProcess } from './processes.js';
import { until } from './until.js';

interface LockOptions {
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process does the same for this folder. The lock of a process that died is taken over.
 * @throws AppError EMBEDDED_POSTGRES_LOCKED after the deadline
 */
export async function withStartLock<T>(
  directory: string,
  { deadlineMs, signal }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(directory, 'start.lock');
  const mine = `${lock}.${randomBytes(6).toString('hex')}`;
  const me = await findProcess(process.pid);
  await writeFile(mine, `${process.pid} ${me?.startedAt ?? ''} ${mine}`, { mode: 0o600 });
  try {
    const held = await until(() => take(mine, lock), { deadlineMs, everyMs: 30, signal });
    if (!held) throw startIsLocked(lock);
  } finally {
    await rm(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** A hard link to a finished file: the lock is never seen half written. */
async function take(mine: string, lock: string): Promise<boolean> {
  try {
    await link(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = await readFile(lock, 'utf8').catch(() => undefined);
  if (holder !== undefined && !(await isHeld(holder))) await breakLock(lock, holder, `${mine}.broken`);
  return false;
}

async function isHeld(holder: string): Promise<boolean> {
  const [pid, startedAt] = holder.split(' ');
  const found = await findProcess(Number(pid));
  return found !== undefined && found.startedAt === startedAt;
}

/** Between reading and moving, another may have broken the lock and taken it: then it is given back. */
async function breakLock(lock: string, dead: string, aside: string): Promise<void> {
  try {
    await rename(lock, aside);
    if ((await readFile(aside, 'utf8')) !== dead) await link(aside, lock);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
