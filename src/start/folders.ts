import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../platform/errors/app-error.js';

/**
 * Makes the folder and those above it where they are missing, and tries whether it takes files.
 * @param what the folder is of: the setting by which another one is chosen, or words
 * @throws AppError FOLDER_UNUSABLE
 */
export async function makeFolder(path: string, mode: number, what: string): Promise<void> {
  try {
    await make(path, mode);
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(path, what, error as NodeJS.ErrnoException);
  }
}

/** Not by Node's own recursion, which never ends where the file system says that a parent is missing that is there. */
async function make(path: string, mode: number): Promise<void> {
  const fault = await makeOne(path, mode);
  if (!fault) return;
  if (fault.code !== 'ENOENT' || dirname(path) === path) throw fault;
  await make(dirname(path), mode);
  const second = await makeOne(path, mode);
  if (second) throw second;
}

/** @returns why there is no such folder now */
async function makeOne(path: string, mode: number): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) return error as NodeJS.ErrnoException;
  }
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to write there',
  EPERM: 'this user has no right to write there',
  EROFS: 'the file system is read-only',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in the place of a folder above it',
  ENOENT: 'the file system takes no folders there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
};

const unusable = (path: string, what: string, cause: NodeJS.ErrnoException) => {
  const reason = REASONS[cause.code ?? ''] ?? cause.code ?? cause.message;
  return new AppError(
    'unavailable',
    'FOLDER_UNUSABLE',
    `${what}: the folder ${path} cannot be used: ${reason}. Mend that, or choose another one.`,
    { cause },
  );
};
